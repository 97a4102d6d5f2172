import type { CacheType, Machine, MemoryNeed } from "../../protocol/model";
import { formatBytes } from "../format";
import { totalNeed } from "./memory";
import type { LoadWishes } from "./loadPlan";
import type { FreedMemory, Room } from "./room";
import type { Split } from "./split";

/** What a plan is told from. */
export interface LoadFacts {
  readonly name: string;
  readonly contextSize: number;
  readonly cacheType: CacheType;
  readonly need: MemoryNeed;
  readonly split: Split;
  readonly layers: number;
  /** Tokens that the model was trained for, and those wished for or usual, at most those. */
  readonly trained: number;
  /** Whether the header tells what it was trained for. */
  readonly isTrainedKnown: boolean;
  readonly most: number;
  readonly machine: Machine;
  readonly room: Room;
  readonly freed: FreedMemory;
  readonly wishes: LoadWishes;
  /** What all that was wished for would need. */
  readonly wished: MemoryNeed;
}

/** Why these? One sentence each for the context, the cache, the GPU and the memory. */
export function planReasons(facts: LoadFacts): readonly string[] {
  return [contextReason(facts), cacheReason(facts), gpuReason(facts), memoryReason(facts)];
}

export function planWarning({ name, need, room, machine, freed }: LoadFacts): string {
  return `${name} needs about ${formatBytes(totalNeed(need))} of memory, but ${freeWords(machine, freed)}: the machine may slow down or end programs. ${smallerChoice(need, room)}`;
}

/** `greatest` is the room of the machine with nothing else running; the facts are those of the smallest way to load it. */
export function planRefusal({ name, need, contextSize, cacheType }: LoadFacts, greatest: Room): string {
  const all = greatest.memory + greatest.videoMemory - greatest.shared;
  return `${name} needs about ${formatBytes(totalNeed(need))} of memory even with ${tokens(contextSize)} of context and keys and values as ${cacheType}, but this machine has room for ${formatBytes(Math.max(0, all))}. ${largestLevel(need, greatest)}`;
}

function contextReason({ contextSize, most, trained, isTrainedKnown, wishes, wished, room }: LoadFacts): string {
  const asked = wishes.contextSize;
  if (contextSize > trained) return `Context: ${tokens(contextSize)}, the least that has room for a passage; the model was trained for ${count(trained)}.`;
  if (contextSize < most) {
    return `Context: ${tokens(contextSize)}, of the ${count(most)} that ${asked === undefined ? "are usual" : "you wish for"}: with all of them it would need ${formatBytes(totalNeed(wished))}, and there is room for ${roomWords(room)}.`;
  }
  if (!isTrainedKnown && (asked === undefined || asked > most)) {
    return `Context: ${tokens(contextSize)}, as the header does not tell what the model was trained for${asked === undefined ? "" : `; you wish for ${count(asked)}`}.`;
  }
  if (asked !== undefined && asked > most) return `Context: ${tokens(contextSize)}, as the model was trained for no more; you wish for ${count(asked)}.`;
  if (asked !== undefined && asked < most) return `Context: ${tokens(contextSize)}; less than that has no room for a passage.`;
  if (asked !== undefined) return `Context: ${tokens(contextSize)}, as you set it.`;
  return contextSize === trained ? `Context: ${tokens(contextSize)}, all that the model was trained for.` : `Context: ${tokens(contextSize)}, enough for most work; the model was trained for ${count(trained)}.`;
}

function cacheReason({ cacheType, need, wishes }: LoadFacts): string {
  const bytes = formatBytes(need.cache);
  if (wishes.cacheType) return `Keys and values of the context are kept as ${cacheType} (${bytes}), as you set it.`;
  if (cacheType === "F16") return `Keys and values of the context are kept as F16, the most exact (${bytes}).`;
  return `Keys and values of the context are kept as ${cacheType} (${bytes}): as F16 they would take about twice as much, and that does not fit.`;
}

function gpuReason({ split, layers, machine, need, wishes, room }: LoadFacts): string {
  if (machine.totalVideoMemory === 0) return "No layer is on a GPU: this machine has none that llama.cpp can use.";
  const free = `${formatBytes(room.videoMemory)} of video memory can be used`;
  const { gpuLayers, videoMemory } = split;
  const asked = wishes.gpuLayers;
  if (asked === 0) return "No layer is on the GPU, as you set it.";
  if (gpuLayers === 0) return `No layer is on the GPU: ${free}, and the buffers and one layer need ${formatBytes(need.compute + (need.weights + need.cache) / layers)}.`;
  if (asked !== undefined && asked > gpuLayers && gpuLayers < layers) return `${gpuLayers} of ${layers} layers are on the GPU, not ${asked} as you set it: ${free}, and these take ${formatBytes(videoMemory)}.`;
  if (asked !== undefined && gpuLayers < layers) return `${gpuLayers} of ${layers} layers are on the GPU, as you set it (${formatBytes(videoMemory)}).`;
  if (gpuLayers < layers) return `${gpuLayers} of ${layers} layers are on the GPU (${formatBytes(videoMemory)}), since ${free}; the rest stays in RAM.`;
  return `All ${layers} layers are on the GPU: they take ${formatBytes(videoMemory)}, and ${free}.`;
}

function memoryReason({ need, machine, freed }: LoadFacts): string {
  const parts = `${formatBytes(need.weights)} weights, ${formatBytes(need.cache)} context, ${formatBytes(need.compute)} buffers`;
  return `It takes about ${formatBytes(totalNeed(need))} of memory (${parts}); ${freeWords(machine, freed)}.`;
}

/** What is free, and how much of that the model holds that will be unloaded. */
function freeWords(machine: Machine, freed: FreedMemory): string {
  const memory = Math.min(machine.totalMemory, machine.freeMemory + freed.memory);
  const video = Math.min(machine.totalVideoMemory, machine.freeVideoMemory + freed.videoMemory);
  const back = freed.memory + freed.videoMemory;
  const words = video > 0 ? `${formatBytes(memory)} of RAM and ${formatBytes(video)} of video memory are free` : `${formatBytes(memory)} are free`;
  return back > 0 ? `${words} (${formatBytes(back)} of it once the loaded model is unloaded)` : words;
}

function smallerChoice(need: MemoryNeed, room: Room): string {
  const weights = roomForWeights(need, room);
  return weights > 0 ? `Close other programs, or take a level of at most ${formatBytes(weights)}.` : "Close other programs first.";
}

function largestLevel(need: MemoryNeed, room: Room): string {
  const weights = roomForWeights(need, room);
  return weights > 0 ? `Take a level of at most ${formatBytes(weights)}, or a smaller model.` : "Take a smaller model.";
}

/** A little less than there is, so that the rounded number never promises too much. */
function roomForWeights({ cache, compute }: MemoryNeed, room: Room): number {
  return Math.max(0, 0.99 * (room.memory + room.videoMemory - room.shared - cache - compute));
}

function roomWords(room: Room): string {
  return room.videoMemory > 0 ? `${formatBytes(room.videoMemory)} on the GPU and ${formatBytes(room.memory)} in RAM` : formatBytes(room.memory);
}

function tokens(value: number): string {
  return `${count(value)} tokens`;
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}
