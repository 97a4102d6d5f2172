/** What a name such as "meta-llama/Llama-3.1-8B-Instruct" tells. */
export interface NameParts {
  readonly name?: string;
  readonly organization?: string;
  readonly basename?: string;
  readonly sizeLabel?: string;
  readonly finetune?: string;
  readonly version?: string;
}

type Role = "basename" | "sizeLabel" | "finetune" | "version" | "type";

interface Part {
  text: string;
  readonly roles: Set<Role>;
}

const versionPattern = /^(v|iter)?\d+([.]\d+)*$/i;
const typePattern = /^(i?q\d(_\w)*|b?fp?(16|32))$/i;
const sizePattern = /^((A|\d+x)?\d+([._]\d+)?[KMBT]\d?|small|mini|medium|large|x?xl)$/i;
const finetunePattern = /^(chat|instruct|vision|lora)$/i;

/**
 * Parts of a model's name, as the naming convention of GGUF has them. `parameters` tells sizes from context lengths ("32k").
 * Source: docs/gguf.md of ggml; rules of get_model_id_components in gguf-py's metadata.py, v0.4.0.
 */
export function namePartsOf(id: string, parameters: number): NameParts {
  if (id === "") return {};
  if (id.includes(" ")) return { name: id };
  const slash = id.indexOf("/");
  const organization = slash > 0 && !id.startsWith(".") ? id.slice(0, slash) : undefined;
  const name = id.slice(slash + 1);
  const parts: Part[] = name.split("-").filter(Boolean).map((text) => ({ text, roles: new Set() }));
  parts.forEach((part, index) => markPart(part, index, parameters));
  dropWordSizes(parts);
  markBasename(parts);
  const found = (role: Role): string | undefined => [...new Set(parts.filter(({ roles }) => roles.has(role)).map(({ text }) => text))].join("-") || undefined;
  const sizeLabel = found("sizeLabel");
  const finetune = joined(parts, "finetune");
  const version = parts.filter(({ roles }) => roles.has("version") && !roles.has("basename")).map(({ text }) => text).join("-") || undefined;
  // A name of one part may be anything.
  const basename = sizeLabel || finetune || version ? joined(parts, "basename") : undefined;
  return Object.fromEntries(Object.entries({ name, organization, basename, sizeLabel, finetune, version }).filter(([, value]) => value !== undefined && value !== ""));
}

function markPart(part: Part, index: number, parameters: number): void {
  const { text, roles } = part;
  if (versionPattern.test(text)) {
    roles.add("version");
  } else if (typePattern.test(text)) {
    roles.add("type");
    part.text = text.toUpperCase();
  } else if (index > 0 && sizePattern.test(text)) {
    part.text = normalizedSize(text);
    if (isContextLength(part.text, parameters)) {
      roles.add("finetune");
      part.text = part.text.slice(0, -1) + part.text.slice(-1).toLowerCase();
    } else {
      roles.add("sizeLabel");
    }
  } else if (index > 0 && finetunePattern.test(text)) {
    roles.add("finetune");
  }
}

/** "7b1" is 7.1B, "8b" is 8B. */
function normalizedSize(text: string): string {
  let size = text.replaceAll("_", ".");
  if (/\d$/.test(size)) size = `${size.slice(0, -2)}.${size.at(-1)}${size.at(-2)}`;
  return /\d[kmbt]$/.test(size) ? size.slice(0, -1) + size.slice(-1).toUpperCase() : size;
}

/** A size that is far from the model's own is something else. */
function isContextLength(text: string, parameters: number): boolean {
  const count = Number(text.slice(0, -1)) * 1000 ** " KMBT".indexOf(text.slice(-1));
  return text.length > 1 && parameters > 0 && Number.isFinite(count) && Math.abs(count - parameters) > Math.floor((7 * parameters) / 8);
}

/** "small" says nothing where a number does. */
function dropWordSizes(parts: readonly Part[]): void {
  const sizes = parts.filter(({ roles }) => roles.has("sizeLabel"));
  if (!sizes.some(({ text }) => /\d/.test(text))) return;
  for (const { text, roles } of sizes) if (/^\p{L}+$/u.test(text)) roles.delete("sizeLabel");
}

/** The base name is what comes before the first other part; a version at its end is none of it. What is left over names a finetune. */
function markBasename(parts: readonly Part[]): void {
  let atStart = true;
  for (const { text, roles } of parts) {
    if (atStart && ((roles.size === 0 && /^\p{L}/u.test(text)) || roles.has("version"))) roles.add("basename");
    else {
      atStart = false;
      if (roles.size === 0) roles.add("finetune");
    }
  }
  for (const { roles } of [...parts].reverse()) {
    if (!roles.has("basename") || roles.size < 2) break;
    roles.delete("basename");
  }
}

function joined(parts: readonly Part[], role: Role): string | undefined {
  return parts.filter(({ roles }) => roles.has(role)).map(({ text }) => text).join("-") || undefined;
}

/** "llama-3.1-8b-instruct" as a title: "Llama 3.1 8b Instruct". */
export function titleOf(id: string): string {
  return id.trim().replaceAll("-", " ").split(/\s+/).map((word) => (/^(v\d+(\.\d+)*|\d.*)$/.test(word) || word !== word.toLowerCase() ? word : word.replace(/\p{L}+/gu, (letters) => letters[0]!.toUpperCase() + letters.slice(1)))).join(" ");
}

/** Parameters for people, two digits at least: "135M", "1.2B". Source: size_label of gguf-py's utility.py. */
export function sizeLabelOf(parameters: number): string {
  const [unit, suffix] = parameters > 1e12 ? [1e-12, "T"] : parameters > 1e9 ? [1e-9, "B"] : parameters > 1e6 ? [1e-6, "M"] : [1e-3, "K"];
  const count = parameters * (unit as number);
  const digits = String(Math.round(count)).replace(/^0+/, "").length;
  return `${count.toFixed(Math.max(2 - digits, 0))}${suffix}`;
}
