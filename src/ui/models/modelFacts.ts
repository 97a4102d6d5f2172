import type { LoadedModel, ModelFile } from "../../protocol/model";
import { fileName, folderName, formatBytes, formatCount } from "../format";
import { type FitFacts, fitNames, memoryWords, sourceNames } from "./modelWords";

/** Paths of a model of many parts would fill the screen. */
const shownPaths = 3;

/** All that is known of a model, one sentence or phrase each, the most telling first. */
export function modelFacts(model: ModelFile, fit: FitFacts | undefined, loaded: LoadedModel | undefined): readonly string[] {
  const { bytes, parameters, contextLength, license, hasChatTemplate } = model;
  const facts = [`${formatBytes(bytes)} on disk (${bytes.toLocaleString("en")} bytes)`];
  if (parameters > 0) facts.push(`${formatCount(parameters)} weights, ${((8 * (model.weights ?? bytes)) / parameters).toFixed(2)} bits each`);
  if (model.architecture !== "unknown" && model.architecture !== "") facts.push(model.architecture);
  if (contextLength > 0) facts.push(`trained for ${contextLength.toLocaleString("en")} tokens of context`);
  if (hasChatTemplate !== undefined && (model.role ?? "model") === "model") facts.push(hasChatTemplate ? "has a chat template" : "has no chat template");
  if (license) facts.push(`licence: ${license}`);
  if (fit) facts.push(`${fitNames[fit.fit]}: ${memoryWords(fit)}`);
  if (loaded) facts.push(loadedWords(loaded));
  return [...facts, ...lineageWords(model)];
}

/** e.g. "contracts-5m → convert F16 → quantize Q4_K_M", and what the file was made from. */
function lineageWords({ lineage }: ModelFile): readonly string[] {
  if (!lineage) return [];
  const { base, steps, parent } = lineage;
  const chain = [...(base ? [base] : []), ...steps];
  return [...(chain.length > 1 || (base && steps.length === 0) ? [`lineage: ${chain.join(" → ")}`] : []), ...(parent ? [`made from ${parent}`] : [])];
}

function loadedWords({ contextSize, gpuLayers, cacheType, adapters = [] }: LoadedModel): string {
  const used = adapters.map(({ path, scale }) => `${fileName(path)} at ${scale}`);
  return [
    `loaded with ${contextSize.toLocaleString("en")} tokens of context`,
    ...(cacheType ? [`${cacheType} cache`] : []),
    gpuLayers > 0 ? `${gpuLayers} layers on the GPU` : "all layers in RAM",
    ...(used.length > 0 ? [`adapters ${used.join(", ")}`] : []),
  ].join(", ");
}

/** Where a model is: its file or files, and whose they are. */
export function placeWords({ path, parts, source, name }: ModelFile): readonly string[] {
  const of = source ? `${sourceNames[source]}${name ? `: ${name}` : ""}` : name;
  const paths = parts?.paths ?? [path];
  const shown = paths.slice(0, shownPaths).map((one) => fileName(one));
  const more = paths.length - shown.length;
  return [...(of ? [of] : []), `${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""} in ${folderName(path)}`];
}
