import { parseDigest } from '@cluster-forge/base/hash';
import type { BuildRecipe, Download, Pin, Platform } from './pin.ts';

type Downloads = Readonly<Partial<Record<Platform, Download>>>;

const platforms: readonly Platform[] = ['linux/amd64', 'linux/arm64', 'darwin/amd64', 'darwin/arm64'];

/**
 * Every external program, in the one version that this release is tested with.
 *
 * A digest stands here only when at least two independent publications agree on it (for example the checksum table of kubernetes-sigs/kubespray and a
 * distribution's package); see `Download.sha256` for what happens to the others.
 */
export const pins: readonly Pin[] = [
  {
    kind: 'pinned',
    name: 'etcd',
    version: '3.6.16',
    group: 'core',
    versionArgs: ['--version'],
    // macOS archives are zip files, which are not read here.
    downloads: downloads(['linux/amd64', 'linux/arm64'], (os, arch) => ({
      url: `https://github.com/etcd-io/etcd/releases/download/v3.6.16/etcd-v3.6.16-${os}-${arch}.tar.gz`,
      member: `etcd-v3.6.16-${os}-${arch}/etcd`,
    })),
    build: { folder: 'etcd', package: 'go.etcd.io/etcd/server/v3', output: 'server', stamp: [] },
  },
  kubernetes('kube-apiserver', ['--version']),
  kubernetes('kube-controller-manager', ['--version']),
  kubernetes('kube-scheduler', ['--version']),
  kubernetes('kubectl', ['version', '--client'], {
    'linux/amd64': 'ebbd080e7c2e275093b55915722043257eb24004363e20acb3c4d71919f88336',
    'linux/arm64': '3d86f24401c41ae5a46ac50eef8865fe891d3647d324a0836f6c63757a126e62',
  }),
  {
    kind: 'pinned',
    name: 'kwok',
    version: '0.8.0',
    group: 'core',
    versionArgs: ['--version'],
    downloads: downloads(
      platforms,
      (os, arch) => ({ url: `https://github.com/kubernetes-sigs/kwok/releases/download/v0.8.0/kwok-${os}-${arch}` }),
      { 'linux/amd64': 'f5a4385a2ae1b9dd7f8acae18e002a75c0ebba124ae9d7259aa8dadb50711f46' },
    ),
    build: { folder: 'kwok', package: 'sigs.k8s.io/kwok/cmd/kwok', output: 'kwok', stamp: [] },
  },
  {
    kind: 'pinned',
    name: 'helm',
    version: '4.3.1',
    group: 'core',
    versionArgs: ['version', '--short'],
    downloads: downloads(platforms, (os, arch) => ({
      url: `https://get.helm.sh/helm-v4.3.1-${os}-${arch}.tar.gz`,
      member: `${os}-${arch}/helm`,
    })),
    build: {
      folder: 'helm',
      package: 'helm.sh/helm/v4/cmd/helm',
      output: 'helm',
      stamp: ['helm.sh/helm/v4/internal/version.version=v4.3.1'],
    },
  },
  {
    kind: 'pinned',
    name: 'kustomize',
    version: '5.8.2',
    group: 'core',
    versionArgs: ['version'],
    downloads: downloads(
      platforms,
      (os, arch) => ({
        url: `https://github.com/kubernetes-sigs/kustomize/releases/download/kustomize/v5.8.2/kustomize_v5.8.2_${os}_${arch}.tar.gz`,
        member: 'kustomize',
      }),
      {
        'linux/amd64': '06af0a202c2b831207d0173f9c9cdb1b30abceca0747cb3fbb72792d26055c95',
        'linux/arm64': '0991957191951cb7dddd142403b5bb98a1fcd6378ba0079dddc1e2c309080a7f',
      },
    ),
    build: {
      folder: 'kustomize',
      package: 'sigs.k8s.io/kustomize/kustomize/v5',
      output: 'kustomize',
      stamp: ['sigs.k8s.io/kustomize/api/provenance.version=v5.8.2'],
    },
  },
  {
    // A peer to measure rendering against.
    kind: 'pinned',
    name: 'helmfile',
    version: '1.8.0',
    group: 'bench',
    versionArgs: ['version', '--output', 'short'],
    downloads: {},
    build: {
      folder: 'helmfile',
      package: 'github.com/helmfile/helmfile',
      output: 'helmfile',
      stamp: ['go.szostok.io/version.version=v1.8.0'],
    },
  },
  // 2.37 is the first version that can be told which address to connect to (http.curloptResolve).
  { kind: 'system', name: 'git', minimum: '2.37.0', versionArgs: ['--version'] },
];

type Digests = Readonly<Partial<Record<Platform, string>>>;

/** One release builds all programs of Kubernetes; macOS gets only kubectl as a download. */
function kubernetes(
  name: 'kube-apiserver' | 'kube-controller-manager' | 'kube-scheduler' | 'kubectl',
  versionArgs: readonly string[],
  digests: Digests = {},
): Pin {
  const published = name === 'kubectl' ? platforms : platforms.filter((platform) => platform.startsWith('linux'));
  return {
    kind: 'pinned',
    name,
    version: '1.36.3',
    group: name === 'kubectl' ? 'bench' : 'core',
    versionArgs,
    downloads: downloads(
      published,
      (os, arch) => ({ url: `https://dl.k8s.io/release/v1.36.3/bin/${os}/${arch}/${name}` }),
      digests,
    ),
    build: kubernetesBuild(name),
  };
}

function kubernetesBuild(name: string): BuildRecipe {
  // Both packages keep a version; programs print the first and send the second as their user agent.
  const variables = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  const values = ['gitVersion=v1.36.3', 'gitMajor=1', 'gitMinor=36', 'gitTreeState=clean'];
  return {
    folder: 'kubernetes',
    package: `k8s.io/kubernetes/cmd/${name}`,
    output: name,
    stamp: variables.flatMap((variable) => values.map((value) => `${variable}.${value}`)),
  };
}

function downloads(
  of: readonly Platform[],
  locate: (os: string, arch: string) => Omit<Download, 'sha256'>,
  digests: Digests = {},
): Downloads {
  return Object.fromEntries(
    of.map((platform) => {
      const [os = '', arch = ''] = platform.split('/');
      return [platform, { ...locate(os, arch), sha256: parseDigest(`sha256:${digests[platform] ?? ''}`) }];
    }),
  );
}
