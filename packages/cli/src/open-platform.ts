import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { listPlatforms } from '@cluster-forge/forge/operate/inspect';
import { load } from '@cluster-forge/forge/line';
import { listLabs, openLab, type LabStatus } from '@cluster-forge/lab';
import type { Input, Option, Session } from './command.ts';
import { cliErrors } from './errors.ts';
import { brokenLab } from './lab-health.ts';
import { lineRequest } from './platform-options.ts';
import { silent } from './silent.ts';
import { labTarget, openTarget, type Target } from './target.ts';

/** Options of commands that look at a platform which is deployed already. */
export const deployedOptions: readonly Option[] = [
  {
    name: 'platform',
    short: 'p',
    value: 'NAME',
    help: 'name of the platform; default: that of platform.yaml here, else the one that runs in a lab',
  },
  { name: 'file', short: 'f', value: 'PATH', help: 'platform file to take the name from', completes: 'files' },
  { name: 'stack', value: 'NAME', help: 'stack to take the name from' },
];

/** A deployed platform, and the cluster that it is on. */
export interface Deployed {
  readonly name: string;
  readonly target: Target;
}

/** Finds the platform that the words mean. Throws E_CLI_USAGE, E_LAB_ABSENT, E_KUBECONFIG_*, and what loading throws. */
export async function openPlatform(input: Input, session: Session): Promise<Deployed> {
  const name = await namedPlatform(input, session);
  if (name !== undefined) return { name, target: await openTarget(name, input, session) };
  if (input.text('kubeconfig') !== undefined || input.text('context') !== undefined) return inCluster(input, session);
  return inLab(input.text('lab-name'), session);
}

/** The name that the words give: `--platform`, `--stack`, or the platform file's own. undefined when they give none. */
export async function namedPlatform(input: Input, session: Session): Promise<string | undefined> {
  const name = input.text('platform') ?? input.text('stack');
  if (name !== undefined) return name;
  if (input.text('file') === undefined && !existsSync(join(session.workplace.cwd, 'platform.yaml'))) return undefined;
  return (await load(lineRequest(input, session), silent(session))).name;
}

async function inCluster(input: Input, session: Session): Promise<Deployed> {
  const target = await openTarget('', input, session);
  return { name: onlyOne(await listPlatforms(target.cluster, session.ctx), target.cluster.name), target };
}

/** The only lab that runs; the platform in it, or the lab's own name while nothing is deployed. */
async function inLab(wanted: string | undefined, session: Session): Promise<Deployed> {
  const lab = await onlyLab(wanted, session);
  if (lab === undefined) {
    throw cliErrors.E_CLI_USAGE({
      what: 'no platform is named and no lab runs',
      fix: 'start one with forge up --detach, or name a cluster with --context',
    });
  }
  if (lab.phase === 'broken') throw brokenLab(lab);
  const target = labTarget(await openLab(session.workplace.stateDirectory, lab.name, session.ctx));
  const platforms = await listPlatforms(target.cluster, session.ctx);
  return { name: platforms.length === 0 ? lab.name : onlyOne(platforms, `lab ${lab.name}`), target };
}

/** The lab of that name, or the only one there is, in whatever state. Throws E_CLI_USAGE when several could be meant. */
export async function onlyLab(wanted: string | undefined, session: Session): Promise<LabStatus | undefined> {
  const labs = (await listLabs(session.workplace.stateDirectory)).filter(
    ({ name }) => wanted === undefined || name === wanted,
  );
  if (labs.length <= 1) return labs[0];
  throw cliErrors.E_CLI_USAGE({
    what: `several labs run: ${labs.map(({ name }) => name).join(', ')}`,
    fix: 'choose one with --lab-name NAME, or a platform with --platform NAME',
  });
}

function onlyOne(platforms: readonly string[], place: string): string {
  const [name, second] = platforms;
  if (name !== undefined && second === undefined) return name;
  const what =
    name === undefined ? `${place} has no platform` : `${place} has several platforms: ${platforms.join(', ')}`;
  throw cliErrors.E_CLI_USAGE({
    what,
    fix: name === undefined ? 'deploy one first' : 'choose one with --platform NAME',
  });
}
