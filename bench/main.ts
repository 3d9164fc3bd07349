/** `npm run bench -- NAME...`: a table for people and one JSON line per figure. Without names: the list. Never part of the tests. */
import os from 'node:os';
import { benchmarks } from './benchmarks.ts';
import { jsonLine, printFigure, printOmission } from './report.ts';

const names = process.argv.slice(2);
const unknown = names.filter((name) => !benchmarks.some((benchmark) => benchmark.name === name));

if (names.length === 0 || unknown.length > 0) {
  for (const name of unknown) console.error(`there is no benchmark called "${name}"`);
  console.error('npm run bench -- NAME...\n');
  for (const benchmark of benchmarks) console.error(`  ${benchmark.name.padEnd(8)} ${benchmark.summary}`);
  process.exitCode = unknown.length > 0 ? 2 : 0;
} else {
  console.log(
    `${os.cpus().length} x ${os.cpus()[0]?.model ?? 'unknown processor'}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, Node ${process.version}, ${os.platform()} ${os.release()}`,
  );
  for (const benchmark of benchmarks.filter(({ name }) => names.includes(name))) {
    console.log(`\n${benchmark.name}: ${benchmark.summary}`);
    await benchmark.run((entry) => {
      console.log('ours' in entry ? printFigure(entry) : printOmission(entry));
      console.log(jsonLine(entry));
    });
  }
}
