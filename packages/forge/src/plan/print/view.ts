import { directedGraph, levelsOf } from '@cluster-forge/base/graph/graph';
import { transitiveReduction } from '@cluster-forge/base/graph/paths';

/** A graph as people see it, whatever its level of detail. */
export interface View {
  readonly boxes: readonly Box[];
  /** The fewest that keep the order. */
  readonly arrows: readonly Arrow[];
}

export interface Box {
  readonly id: string;
  readonly label: string;
  /** Frame that the box is drawn in; absent: none. */
  readonly cluster?: string;
  /** One line below the label: `12 objects`. */
  readonly detail?: string;
  /** Level, counted from 1. */
  readonly wave: number;
}

export interface Arrow {
  readonly from: string;
  readonly to: string;
  /** Why, without repetition. */
  readonly reasons: readonly string[];
  /** Some reason was declared by a component. */
  readonly declared: boolean;
}

/** Levels for the boxes and the fewest arrows. Boxes on a cycle, which collapsing can make, come in a last wave of their own. */
export function viewOf(boxes: readonly Omit<Box, 'wave'>[], arrows: readonly Arrow[]): View {
  const directed = directedGraph(
    boxes.map(({ id }) => id),
    arrows,
  );
  const { levels, blocked } = levelsOf(directed);
  const waves = new Map([...levels, blocked].flatMap((ids, index) => ids.map((id) => [id, index + 1] as const)));
  const kept = new Set(transitiveReduction(directed).map(({ from, to }) => `${from}\0${to}`));
  return {
    boxes: boxes.map((box) => ({ ...box, wave: waves.get(box.id) ?? 1 })),
    arrows: arrows.filter(({ from, to }) => kept.has(`${from}\0${to}`)),
  };
}
