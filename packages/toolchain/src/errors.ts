import { catalogue } from '@cluster-forge/base';

export const toolErrors = catalogue({
  E_TOOL_MISSING: { summary: 'An external program is needed and no source has it.', exit: 1 },
  E_TOOL_NO_GO: { summary: 'An external program must be built, and there is no suitable Go.', exit: 1 },
  E_TOOL_BUILD: { summary: 'Building an external program failed.', exit: 1 },
  E_TOOL_EXPLICIT: { summary: 'A FORGE_TOOL_* variable names something that cannot be run.', exit: 2 },
  E_TOOL_ARCHIVE: { summary: 'A downloaded archive is not what an archive of this program looks like.', exit: 1 },
});
