import { testBadInput } from './bad-input.ts';
import { component, platform } from './fixture.ts';

const minio = component('minio', '  provides: [{capability: object-storage}]');
const seaweed = component('seaweedfs', '  provides: [{capability: object-storage}]');
const app = component('app', '  requires:\n    - {capability: object-storage}');

testBadInput({
  'two providers without a choice': {
    files: {
      'platform.yaml': platform('  components: {app: {}, minio: {}, seaweedfs: {}}'),
      'builtin/minio/component.yaml': minio,
      'builtin/seaweedfs/component.yaml': seaweed,
      'builtin/app/component.yaml': app,
    },
    code: 'E_CONFIG_PROVIDER',
    at: 'builtin/minio/component.yaml:5:14',
    what: /object-storage is provided by minio and seaweedfs/,
    fix: /object-storage: \{provider: minio\}/,
  },
  'a choice that is not enabled': {
    files: {
      'platform.yaml': platform(
        '  components: {minio: {}, seaweedfs: {enabled: false}, object-storage: {provider: seaweedfs}}',
      ),
      'builtin/minio/component.yaml': minio,
      'builtin/seaweedfs/component.yaml': seaweed,
    },
    code: 'E_CONFIG_PROVIDER',
    at: 'platform.yaml:5:83',
    what: /seaweedfs is chosen for capability object-storage, but is not enabled/,
    fix: /enable it/,
  },
  'a choice that provides something else': {
    files: {
      'platform.yaml': platform('  components: {minio: {}, app2: {}, object-storage: {provider: app2}}'),
      'builtin/minio/component.yaml': minio,
      'builtin/app2/component.yaml': component('app2'),
    },
    code: 'E_CONFIG_PROVIDER',
    at: 'platform.yaml:5:64',
    what: /no enabled component "app2" provides capability object-storage/,
    fix: /minio/,
  },
  'a provider on a component': {
    files: {
      'platform.yaml': platform('  components: {minio: {provider: minio}}'),
      'builtin/minio/component.yaml': minio,
    },
    code: 'E_CONFIG_PROVIDER',
    at: 'platform.yaml:5:16',
    what: /provider is set on the component/,
    fix: /<capability>: \{provider: minio\}/,
  },
  'a capability that nobody provides': {
    files: {
      'platform.yaml': platform('  components: {app: {}, minio: {enabled: false}}'),
      'builtin/app/component.yaml': app,
      'builtin/minio/component.yaml': minio,
    },
    code: 'E_CONFIG_CAPABILITY',
    at: 'builtin/app/component.yaml:6:7',
    what: /app requires capability object-storage, which no enabled component provides/,
    fix: /enable one of: minio/,
  },
  'a required component that is off': {
    files: {
      'platform.yaml': platform('  components: {app: {}}'),
      'builtin/app/component.yaml': component('app', '  requires: [{component: base}]'),
      'builtin/base/component.yaml': component('base'),
    },
    code: 'E_CONFIG_REQUIRES',
    at: 'builtin/app/component.yaml:5:14',
    what: /app requires the component base, which is not enabled/,
    fix: /base: \{\}/,
  },
  'components in a circle': {
    files: {
      'platform.yaml': platform('  components: {a: {}, b: {}, c: {}}'),
      'catalog/a/component.yaml': component('a', '  requires: [{component: b}]'),
      'catalog/b/component.yaml': component('b', '  requires: [{capability: cc}]'),
      'catalog/c/component.yaml': component('c', '  provides: [{capability: cc}]\n  requires: [{component: a}]'),
    },
    code: 'E_CONFIG_REQUIRES_CYCLE',
    at: 'catalog/a/component.yaml:5:3',
    what: /a needs component b, b needs capability cc from c, c needs component a/,
    fix: /remove one/,
  },
});
