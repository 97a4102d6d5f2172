import { type GgufHeader, hyperparameter, metadataNumber, metadataString } from "../gguf/header";
import { HumanError } from "../../protocol/humanError";
import { type ChatTemplate, chatTemplateOf } from "./chatTemplates";
import { plainText } from "./safePath";

/** What Ollama is told of a model beside its weights. */
export interface OllamaSettings {
  readonly template?: ChatTemplate;
  readonly stops: readonly string[];
  /** Tokens; absent where the model does not say what it was trained for. */
  readonly context?: number;
  readonly license?: string;
  /** What to know, in sentences. */
  readonly notes: readonly string[];
}

/** Ollama reserves memory for the whole context at once: no more than this unless a person asks for it. */
const usualContext = 8192;

/** From a whole header (token texts and chat template not folded). Temperature is left to Ollama: no header tells it. */
export function ollamaSettings(header: GgufHeader): OllamaSettings {
  const jinja = metadataString(header, "tokenizer.chat_template");
  const template = jinja === undefined ? undefined : chatTemplateOf(jinja);
  const trained = hyperparameter(header, "context_length") ?? 0;
  const context = Number.isSafeInteger(trained) && trained > 0 ? Math.min(trained, usualContext) : undefined;
  const license = metadataString(header, "general.license.name") ?? metadataString(header, "general.license");
  const ends = ["eos_token_id", "eot_token_id"].flatMap((key) => tokenText(header, key) ?? []);
  return {
    ...(template && { template }),
    stops: [...new Set([...(template?.stops ?? []), ...ends])].filter(isPlain),
    ...(context !== undefined && { context }),
    ...(license !== undefined && { license: plainText(license, 200).replaceAll('"', "'") }),
    notes: [
      ...(template ? [`Its chat template is of the family ${template.name}; tools and thinking of the original are not carried over.`] : []),
      ...(jinja !== undefined && !template ? ["Its chat template is of no family that Decant knows, so none is written: Ollama may recognise it by itself, else add a TEMPLATE."] : []),
      ...(jinja === undefined ? ["The model has no chat template: Ollama hands it prompts as they are."] : []),
      ...(context !== undefined && context < trained ? [`The context is ${context} tokens to save memory; the model was trained for ${trained}: raise num_ctx if you need more.`] : []),
    ],
  };
}

/** The first line of a Modelfile made here; only such files are replaced. */
export const modelfileMark = "# Written by Decant.";

/** The text of a Modelfile. Paths are absolute, or relative to it and beginning with "./". */
export function modelfileText(from: string, adapters: readonly string[], { template, stops, context, license, notes }: OllamaSettings): string {
  return [
    modelfileMark,
    ...notes.map((note) => `# ${plainText(note, 500)}`),
    `FROM ${quotedPath(from)}`,
    ...adapters.map((path) => `ADAPTER ${quotedPath(path)}`),
    ...(template ? [`TEMPLATE """${template.template}"""`] : []),
    ...stops.map((stop) => `PARAMETER stop "${stop}"`),
    ...(context === undefined ? [] : [`PARAMETER num_ctx ${context}`]),
    ...(license === undefined ? [] : [`LICENSE "${license}"`]),
    "",
  ].join("\n");
}

/** A name as Ollama takes it: [HOST/][NAMESPACE/]NAME[:TAG]. Throws a HumanError for any other. */
export function checkedOllamaName(name: string): string {
  if (name.length <= 200 && /^([\w][\w.-]*\/){0,2}[\w][\w.-]*(:[\w][\w.-]*)?$/.test(name)) return name;
  throw new HumanError("badArgument", `Ollama does not take "${plainText(name, 80)}" as a name: use letters, digits, ".", "-" and "_", e.g. "contracts:q4".`);
}

/** A Modelfile has no escapes: what its quotes cannot hold cannot be said. */
function quotedPath(path: string): string {
  if (!isPlain(path)) throw new HumanError("badArgument", `A Modelfile cannot name ${plainText(path)}: rename it without quotation marks and control characters.`);
  return /^[\w./\\:+~@-]+$/.test(path) ? path : `"${path}"`;
}

function isPlain(text: string): boolean {
  return text !== "" && !text.includes('"') && plainText(text, text.length) === text;
}

function tokenText(header: GgufHeader, key: string): string | undefined {
  const tokens = header.metadata["tokenizer.ggml.tokens"];
  const index = metadataNumber(header, `tokenizer.ggml.${key}`);
  const text: unknown = Array.isArray(tokens) && index !== undefined ? tokens[index] : undefined;
  return typeof text === "string" && text.length <= 100 && text.trim() !== "" ? text : undefined;
}
