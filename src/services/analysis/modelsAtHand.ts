import { leastWeights, type ModelTraits } from "../../core/fit/abilities";
import type { ModelFile } from "../../protocol/model";
import type { HeaderTraits } from "./modelTraits";

/** Headers with large vocabularies take a while: only so many are read. */
const mostRead = 4;

/** Models that can be asked more than this one, smallest first; none where it can do everything or the list cannot be read. */
export async function modelsAtHand(model: ModelTraits, traits: HeaderTraits, models: (() => Promise<readonly ModelFile[]>) | undefined): Promise<readonly ModelTraits[]> {
  const wanted = Object.values(leastWeights);
  if (!models || (model.hasChatTemplate && model.parameters >= Math.max(...wanted))) return [];
  const all = await models().catch(() => []);
  const large = all.filter(({ problem, parameters }) => !problem && parameters >= Math.min(...wanted)).sort((a, b) => a.parameters - b.parameters || a.bytes - b.bytes);
  const read = await Promise.all(large.slice(0, mostRead).map((one) => traits.of(one).catch(() => undefined)));
  return read.flatMap((one) => (one?.hasChatTemplate ? [one] : []));
}
