import type { CacheType, LoadPlan, Machine, MemoryNeed, ModelShape } from "../../protocol/model";
import { type LoadFacts, planReasons, planRefusal, planWarning } from "./loadWords";
import { memoryNeed } from "./memory";
import { type FreedMemory, greatestRoom, type Room, roomOf, sensible, size } from "./room";
import { type Split, splitOf } from "./split";

/** What the plan needs to know of a model. */
export interface PlannedModel {
  /** For the sentences, e.g. "contracts-5m Q8_0". */
  readonly name?: string;
  /** Bytes, those of adapters included. */
  readonly weights: number;
  readonly shape: ModelShape;
  /** Tokens that it was trained for; 0 when unknown. */
  readonly contextLength: number;
}

/** What the person asked for; what is absent is chosen. */
export interface LoadWishes {
  /** Tokens; 0 is no wish. */
  readonly contextSize?: number | undefined;
  readonly cacheType?: CacheType | undefined;
  readonly gpuLayers?: number | undefined;
}

/** Tokens when nobody has chosen: enough for a page with its instructions, cheap in memory. */
const usualContext = 4096;
/** Tokens when a header does not say what the model was trained for. */
const unknownContext = 2048;
/** Tokens below which there is no room for a clause: no context is made smaller. */
export const leastContext = 256;
/** Tokens that a context keeps while something else can be made smaller instead. */
const usefulContext = 2048;
/** Tokens that contexts differ by: cells of a cache come by so many. */
const step = 256;

interface Candidate {
  readonly contextSize: number;
  readonly cacheType: CacheType;
  readonly need: MemoryNeed;
  readonly split: Split;
}

/**
 * How to load a model: with the context that is wished for, at most what it was trained for, wholly on the GPU where there
 * is one. Where that does not fit in what is free, the context shrinks first (down to 2,048 tokens), then keys and values
 * are kept as Q8_0, then layers stay in RAM, then the context shrinks to the least. What other programs hold is not free;
 * what the model that will be unloaded holds is. Refused is only what the machine could not hold with nothing else running.
 */
export function planLoad(
  model: PlannedModel, told: Machine, asked: LoadWishes = {}, freed: FreedMemory = { memory: 0, videoMemory: 0 },
): LoadPlan {
  const machine = sensible(told);
  const wishes = { ...asked, contextSize: Math.floor(size(asked.contextSize)) || undefined };
  const trained = size(model.contextLength) || unknownContext;
  const most = Math.max(leastContext, Math.min(trained, wishes.contextSize ?? usualContext));
  const layers = size(model.shape.blocks) + 1;
  const [room, greatest] = [roomOf(machine, freed), greatestRoom(machine)];
  const now = candidates(model, layers, room, wishes.gpuLayers);
  const chosen = bestFit(model, layers, room, wishes, most);
  const possible = chosen ?? bestFit(model, layers, greatest, wishes, Math.min(most, usefulContext));
  const taken = chosen ?? now(possible?.contextSize ?? leastContext, possible?.cacheType ?? wishes.cacheType ?? (canQuantizeCache(model.shape) ? "Q8_0" : "F16"));
  const facts: LoadFacts = {
    ...taken, name: model.name ?? "The model", layers, trained, isTrainedKnown: size(model.contextLength) > 0, most, machine, room, freed, wishes, wished: now(most, wishes.cacheType ?? "F16").need,
  };
  return {
    contextSize: taken.contextSize,
    cacheType: taken.cacheType,
    gpuLayers: taken.split.gpuLayers,
    layers,
    need: taken.need,
    reasons: planReasons(facts),
    ...(!chosen && possible && { warning: planWarning(facts) }),
    ...(!possible && { refusal: planRefusal(facts, greatest) }),
  };
}

type CandidateOf = (contextSize: number, cacheType: CacheType) => Candidate;

function candidates({ weights, shape }: PlannedModel, layers: number, room: Room, gpuLayers: number | undefined): CandidateOf {
  return (contextSize, cacheType) => {
    const { weights: held, cache, compute } = memoryNeed(size(weights), shape, contextSize, cacheType);
    const need = { weights: size(held), cache: size(cache), compute: size(compute) };
    return { contextSize, cacheType, need, split: splitOf(need, layers, room, gpuLayers === undefined ? layers : Math.floor(size(gpuLayers))) };
  };
}

/** The first way that fits, in the order of what is given up; undefined when none does. */
function bestFit(model: PlannedModel, layers: number, room: Room, wishes: LoadWishes, most: number): Candidate | undefined {
  const candidate = candidates(model, layers, room, wishes.gpuLayers);
  const caches: readonly CacheType[] = wishes.cacheType ? [wishes.cacheType] : canQuantizeCache(model.shape) ? ["F16", "Q8_0"] : ["F16"];
  const useful = Math.min(most, usefulContext);
  const onGpu = room.videoMemory > 0 && wishes.gpuLayers === undefined;
  const whole = ({ split }: Candidate): boolean => split.fits && split.gpuLayers === layers;
  const anyhow = ({ split }: Candidate): boolean => split.fits;
  const ways: readonly (readonly [CacheType, number, (candidate: Candidate) => boolean])[] = [
    ...(onGpu ? caches.map((cache) => [cache, useful, whole] as const) : []),
    ...caches.map((cache) => [cache, useful, anyhow] as const),
    [caches.at(-1)!, leastContext, anyhow],
  ];
  for (const [cache, least, fits] of ways) {
    const found = largest((context) => candidate(context, cache), fits, least, most);
    if (found) return found;
  }
  return undefined;
}

/**
 * Whether each head's keys and values divide into blocks of 32, without which llama.cpp makes no such context. A width of
 * its own (attention.key_length) shows in a sum that is no multiple of the usual width.
 */
function canQuantizeCache({ embedding, heads, keyWidth, valueWidth }: ModelShape): boolean {
  const usual = embedding / heads;
  return [keyWidth, valueWidth].every((width) => width % 32 === 0 && (usual % 32 === 0 || width % usual !== 0));
}

/** The candidate of the largest context that fits; what a smaller one needs never is more. */
function largest(candidate: (context: number) => Candidate, fits: (candidate: Candidate) => boolean, least: number, most: number): Candidate | undefined {
  const best = candidate(most);
  if (fits(best)) return best;
  let low = Math.ceil(least / step);
  let high = Math.ceil(most / step) - 1;
  let found: Candidate | undefined;
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const tried = candidate(middle * step);
    if (fits(tried)) {
      found = tried;
      low = middle + 1;
    } else {
      high = middle - 1;
    }
  }
  return found;
}
