/** One way to keep a tensor. */
export interface TensorOption {
  readonly type: string;
  readonly bytes: number;
  /** What it is expected to cost in quality; additive over tensors. */
  readonly cost: number;
}

export interface TensorChoice {
  readonly name: string;
  readonly options: readonly TensorOption[];
}

export interface Mix {
  /** Chosen type by tensor. */
  readonly types: Readonly<Record<string, string>>;
  readonly bytes: number;
  readonly cost: number;
}

/** A step from one option of a tensor to its next larger one. */
interface Upgrade {
  readonly tensor: number;
  readonly to: TensorOption;
  readonly bytes: number;
  readonly gain: number;
}

/**
 * The type of every tensor so that the sum of costs is least within a budget of bytes. Of each tensor only the options on
 * the lower convex hull of cost over bytes count; going through all hulls' steps in order of gain per byte is the
 * solution of the Lagrangian (Everett, 1963), and what room is left goes to the best steps that still fit.
 * Undefined when even the smallest options are too large.
 */
export function bestWithin(tensors: readonly TensorChoice[], budget: number): Mix | undefined {
  const run = new MixRun(tensors);
  if (run.bytes > budget) return undefined;
  for (const upgrade of run.upgrades) {
    // Steps of one tensor come in order, as its gains per byte fall: one that is passed over ends that tensor's.
    if (run.bytes + upgrade.bytes <= budget) run.take(upgrade);
    else run.close(upgrade.tensor);
  }
  return run.mix;
}

/** The smallest mix whose costs sum to at most `cost`; undefined when even the largest options cost more. */
export function smallestWithin(tensors: readonly TensorChoice[], cost: number): Mix | undefined {
  const run = new MixRun(tensors);
  for (const upgrade of run.upgrades) {
    if (run.cost <= cost) break;
    run.take(upgrade);
  }
  return run.cost <= cost ? run.mix : undefined;
}

class MixRun {
  readonly #chosen: TensorOption[] = [];
  readonly #closed = new Set<number>();
  readonly upgrades: readonly Upgrade[];
  bytes = 0;
  cost = 0;

  constructor(private readonly tensors: readonly TensorChoice[]) {
    const hulls = tensors.map(({ name, options }) => {
      const hull = lowerHull(options);
      const [smallest] = hull;
      if (!smallest) throw new Error(`${name} has no option.`);
      this.#chosen.push(smallest);
      this.bytes += smallest.bytes;
      this.cost += smallest.cost;
      return hull;
    });
    this.upgrades = hulls
      .flatMap((hull, tensor) => hull.slice(1).map((to, step) => upgradeOf(tensor, hull[step]!, to)))
      .sort((a, b) => b.gain / b.bytes - a.gain / a.bytes);
  }

  take(upgrade: Upgrade): void {
    if (this.#closed.has(upgrade.tensor)) return;
    this.#chosen[upgrade.tensor] = upgrade.to;
    this.bytes += upgrade.bytes;
    this.cost -= upgrade.gain;
  }

  close(tensor: number): void {
    this.#closed.add(tensor);
  }

  get mix(): Mix {
    const types = Object.fromEntries(this.tensors.map(({ name }, index) => [name, this.#chosen[index]!.type]));
    return { types, bytes: this.bytes, cost: this.cost };
  }
}

function upgradeOf(tensor: number, from: TensorOption, to: TensorOption): Upgrade {
  return { tensor, to, bytes: to.bytes - from.bytes, gain: from.cost - to.cost };
}

/** Options from the smallest on, each with less cost than the one before and less gain per byte than it took to get there. */
export function lowerHull(options: readonly TensorOption[]): readonly TensorOption[] {
  const sorted = [...options].sort((a, b) => a.bytes - b.bytes || a.cost - b.cost);
  const hull: TensorOption[] = [];
  for (const option of sorted) {
    const last = hull.at(-1);
    if (last && (option.cost >= last.cost || option.bytes === last.bytes)) continue;
    while (hull.length > 1 && slope(hull.at(-2)!, hull.at(-1)!) <= slope(hull.at(-1)!, option)) hull.pop();
    hull.push(option);
  }
  return hull;
}

/** Gain per byte. */
function slope(from: TensorOption, to: TensorOption): number {
  return (from.cost - to.cost) / (to.bytes - from.bytes);
}
