import { env } from 'node:process';
import type { LabTools } from '@cluster-forge/lab';

/** The programs tests run: `FORGE_TOOL_<NAME>` (such as FORGE_TOOL_KUBE_APISERVER) when it is set. */
export const rigTools: LabTools = {
  resolve: (tool) => {
    const variable = `FORGE_TOOL_${tool.toUpperCase().replaceAll('-', '_')}`;
    const path = env[variable];
    if (path === undefined) return Promise.reject(new Error(`set ${variable} to the path of ${tool}`));
    return Promise.resolve({ path });
  },
};
