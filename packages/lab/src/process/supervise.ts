import { readFile } from 'node:fs/promises';
import type { ForgeError } from '@cluster-forge/base';
import { labErrors } from '../errors.ts';
import type { RunningProgram } from './spawn.ts';

/** Lines of a log that an error shows. */
const tailLines = 15;

/** The end of a log file, without the goroutine dumps that Go programs print when they die. */
export async function logTail(file: string, lines = tailLines): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const meaningful = text
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^(goroutine |\t|created by |runtime\.|main\.main)/.test(line));
  return meaningful.slice(-lines).join('\n');
}

/** Resolves with the error to throw when a program ends that should stay. */
export async function deathOf(program: RunningProgram, logFile: string): Promise<ForgeError> {
  const { exitCode, killedBy } = await program.ended;
  return processDied(program.role, killedBy === null ? `exit code ${exitCode}` : `signal ${killedBy}`, logFile);
}

export async function processDied(role: string, how: string, logFile: string): Promise<ForgeError> {
  const tail = await logTail(logFile);
  return labErrors.E_LAB_PROCESS({
    what: `${role} ended (${how})`,
    why: tail === '' ? 'it wrote nothing to its log' : `the end of its log says:\n${tail}`,
    fix: `read ${logFile}; \`forge lab down\` and \`forge lab up\` start afresh`,
    where: { file: logFile },
  });
}
