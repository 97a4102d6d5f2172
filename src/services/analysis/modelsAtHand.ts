import { leastWeights, type ModelTraits } from "../../core/fit/abilities";
import type { ModelFile } from "../../protocol/model";
import type { HeaderTraits } from "./modelTraits";

/** Headers with large vocabularies take a while: for each number of weights that some task needs, only so many are read. */
const mostRead = 4;

/** Models that can be asked more than this one, smallest first; none where it can do everything or the list cannot be read. */
export async function modelsAtHand(model: ModelTraits, traits: HeaderTraits, models: (() => Promise<readonly ModelFile[]>) | undefined): Promise<readonly ModelTraits[]> {
  const wanted = [...new Set(Object.values(leastWeights))];
  if (!models || (model.hasChatTemplate && model.parameters >= Math.max(...wanted))) return [];
  const all = (await models().catch(() => [])).filter(({ problem }) => !problem).sort((a, b) => a.parameters - b.parameters || a.bytes - b.bytes);
  const families = onePerFamily(all);
  const chosen = new Set(wanted.flatMap((least) => families.filter(({ parameters }) => parameters >= least).slice(0, mostRead)));
  const read = await Promise.all(families.filter((one) => chosen.has(one)).map((one) => traits.of(one).catch(() => undefined)));
  return read.flatMap((one) => (one?.hasChatTemplate ? [one] : []));
}

/** Levels of one model can do the same: the first of them stands for all. */
function onePerFamily(models: readonly ModelFile[]): readonly ModelFile[] {
  const seen = new Set<string>();
  return models.filter(({ family, parameters }) => {
    const key = `${family} ${parameters}`;
    return !seen.has(key) && seen.add(key);
  });
}
