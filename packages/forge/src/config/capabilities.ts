import { suggest, type Where } from '@cluster-forge/base';
import { configErrors } from './errors.ts';
import type { Loading } from './request.ts';

/** A component's offer. Custom resource definitions are offered under `crd/<name>`. */
export interface Offer {
  readonly capability: string;
  readonly component: string;
  readonly where: Where;
}

export interface Choice {
  readonly capability: string;
  readonly provider: string;
  readonly where: Where;
}

/** Capability to provider: the chosen one, or the only one there is. Every wrong or missing choice is reported. */
export function chooseProviders(
  offers: readonly Offer[],
  choices: readonly Choice[],
  /** Components of the catalog that could provide a capability, enabled or not. */
  candidates: (capability: string) => readonly string[],
  loading: Loading,
): ReadonlyMap<string, string> {
  const byCapability = Map.groupBy(offers, ({ capability }) => capability);
  const chosen = new Map(choices.map((choice) => [choice.capability, choice]));
  const providers = new Map<string, string>();
  for (const [capability, group] of byCapability) {
    const choice = chosen.get(capability);
    const [first, second] = group;
    if (choice !== undefined && group.some(({ component }) => component === choice.provider))
      providers.set(capability, choice.provider);
    else if (choice === undefined && second !== undefined) loading.problems.push(undecided(capability, group));
    else if (choice === undefined && first !== undefined) providers.set(capability, first.component);
  }
  for (const choice of choices)
    if (providers.get(choice.capability) !== choice.provider)
      loading.problems.push(wrongChoice(choice, byCapability, candidates));
  return providers;
}

function undecided(capability: string, offers: readonly Offer[]) {
  const names = offers.map(({ component }) => component).sort();
  return configErrors.E_CONFIG_PROVIDER.diagnostic({
    what: `${printCapability(capability)} is provided by ${names.join(' and ')}`,
    why: 'with several providers enabled, one must be chosen',
    fix: `choose one: components: {${capability}: {provider: ${names[0] ?? ''}}}, or disable the others`,
    ...(offers[0] === undefined ? {} : { where: offers[0].where }),
    related: offers.slice(1).map(({ where }) => where),
  });
}

function wrongChoice(
  { capability, provider, where }: Choice,
  offers: ReadonlyMap<string, readonly Offer[]>,
  candidates: (capability: string) => readonly string[],
) {
  const enabled = offers.get(capability)?.map(({ component }) => component) ?? [];
  const possible = candidates(capability);
  const isOff = possible.includes(provider) && !enabled.includes(provider);
  const other = suggest(capability, offers.keys());
  const fix = isOff
    ? `enable it: components: {${provider}: {}}`
    : (suggest(provider, enabled) ?? (possible.length > 0 ? `use one of: ${possible.join(', ')}` : other));
  return configErrors.E_CONFIG_PROVIDER.diagnostic({
    what: isOff
      ? `${provider} is chosen for ${printCapability(capability)}, but is not enabled`
      : `no enabled component "${provider}" provides ${printCapability(capability)}`,
    ...(fix === undefined ? {} : { fix }),
    where: { ...where, path: `components.${capability}.provider` },
  });
}

/** `capability postgres`, or `CRD certificates.cert-manager.io`. */
export function printCapability(capability: string): string {
  return capability.startsWith('crd/') ? `CRD ${capability.slice('crd/'.length)}` : `capability ${capability}`;
}
