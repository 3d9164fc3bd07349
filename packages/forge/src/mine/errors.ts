import { catalogue } from '@cluster-forge/base';

export const mineErrors = catalogue({
  E_MINE_LOCK: { summary: '`forge.lock` cannot be read, or is not a lock file of this version.', exit: 3 },
  E_MINE_UNLOCKED: {
    summary: 'With `--locked`, a source is missing from `forge.lock` or asks for something else than was locked.',
    exit: 3,
  },
  E_MINE_CHANGED: { summary: 'The bytes of a source differ from the digest in `forge.lock`.', exit: 3 },
  E_MINE_MISSING: {
    summary: 'A local file or directory that a source names does not exist or cannot be read.',
    exit: 3,
  },
  E_MINE_CHECKSUM: {
    summary: 'The bytes of a source differ from the checksum that its author or index states.',
    exit: 1,
  },
  E_MINE_CHART: { summary: 'A Helm repository does not have the chart, or its index cannot be read.', exit: 3 },
  E_MINE_VERSION: { summary: 'No published version of a chart satisfies the version asked for.', exit: 3 },
  E_MINE_CONTENT: {
    summary: 'A source is not of the sort it should be, such as a login page in place of a chart.',
    exit: 3,
  },
  E_MINE_ARCHIVE: {
    summary:
      'An archive holds something no chart needs: links, devices, names that lead out, duplicates, or more than the limits.',
    exit: 3,
  },
  E_MINE_REGISTRY: { summary: 'An OCI registry refused access or answered against the protocol.', exit: 1 },
  E_MINE_GIT: { summary: 'A git source does not name one exact commit.', exit: 3 },
  E_MINE_LINK: { summary: 'A local directory holds a symbolic link that leads out of it.', exit: 3 },
  E_MINE_SIZE: { summary: 'A local directory or file is larger than any source should be.', exit: 3 },
});
