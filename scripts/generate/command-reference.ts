import { commandTable } from '../../packages/cli/src/commands/table.ts';
import { commandHelp } from '../../packages/cli/src/help.ts';
import { createPaint } from '../../packages/cli/src/paint.ts';

/** Page of every command: exactly what `forge COMMAND --help` prints. */
export async function commandReference(): Promise<string> {
  const paint = createPaint(false);
  const sections = await Promise.all(
    commandTable.map(
      async (entry) =>
        `## forge ${entry.name}\n\n\`\`\`\n${commandHelp(entry.name, await entry.load(), paint)}\n\`\`\`\n`,
    ),
  );
  return `# Commands\n\nGenerated from the command table by \`npm run generate\`.\n\n${sections.join('\n')}`;
}
