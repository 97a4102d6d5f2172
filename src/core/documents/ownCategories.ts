import type { OwnCategory, Severity } from "../../protocol/documents";
import { HumanError } from "../../protocol/humanError";
import { noneAnswer } from "./prompts/clauseQuestion";
import { categoryByName } from "./taxonomy";

const mostCategories = 100;
const mostExamples = 50;
const longestExample = 5_000;
const longestName = 80;
const longestDescription = 1_000;
const severities: readonly string[] = ["error", "warning", "information"] satisfies readonly Severity[];

/**
 * The kinds of clauses of a settings file `{"categories": [{"name", "description", "severity", "examples"}]}`. Comments
 * and trailing commas are allowed, as in other settings. Severity is "information" and examples are none where left out.
 * Throws a HumanError that names the entry at fault.
 */
export function parseOwnCategories(json: string): OwnCategory[] {
  const file = parse(json);
  if (!isRecord(file) || !Array.isArray(file.categories)) fail(`The file of clause categories must look like {"categories": [{"name": "…", "description": "…", "severity": "warning", "examples": ["…"]}]}.`);
  const entries: readonly unknown[] = file.categories;
  if (entries.length > mostCategories) fail(`The file has ${entries.length} clause categories; at most ${mostCategories} are read. Remove some of them.`);
  const names = new Set<string>();
  return entries.map((entry, index) => {
    const category = categoryOf(entry, `Category ${index + 1}`);
    const key = category.name.toLowerCase();
    if (names.has(key)) fail(`Category ${index + 1}, "${category.name}", has the name of an earlier one; give it another name.`);
    names.add(key);
    return category;
  });
}

function categoryOf(entry: unknown, place: string): OwnCategory {
  if (!isRecord(entry)) fail(`${place} must be an object with a name, a description, a severity and examples.`);
  const name = textOf(entry.name, `${place}: the name`, longestName);
  if (!name) fail(`${place} has no name; add "name": "…".`);
  const named = `${place}, "${name}"`;
  const unknown = Object.keys(entry).find((key) => !["name", "description", "severity", "examples"].includes(key));
  if (unknown) fail(`${named}, has an unknown entry "${unknown}"; it may have name, description, severity and examples.`);
  if (name.toLowerCase() === noneAnswer.toLowerCase()) fail(`${named}, has the name of the answer for passages of no category; give it another name.`);
  if (categoryByName(name)) fail(`${named}, has the name of a built-in category; give it another name.`);
  const description = textOf(entry.description ?? "", `${named}: the description`, longestDescription);
  const severity = entry.severity ?? "information";
  if (!isSeverity(severity)) fail(`${named}, has the severity ${JSON.stringify(severity)}; it must be "error", "warning" or "information".`);
  const examples = examplesOf(entry.examples ?? [], named);
  if (examples.length === 0 && !description) fail(`${named}, needs a description or an example, so that passages can be compared with it.`);
  return { name, description, severity, examples };
}

function examplesOf(value: unknown, named: string): string[] {
  if (!Array.isArray(value)) fail(`${named}: the examples must be a list of passages, ["…", "…"].`);
  if (value.length > mostExamples) fail(`${named}, has ${value.length} examples; at most ${mostExamples} are read. Remove some of them.`);
  return value.map((example, index) => {
    const words = textOf(example, `${named}: example ${index + 1}`, longestExample);
    if (!words) fail(`${named}: example ${index + 1} is empty; write a passage or remove it.`);
    return words;
  });
}

function textOf(value: unknown, what: string, longest: number): string {
  if (value === undefined) return "";
  if (typeof value !== "string") fail(`${what} must be a text in quotation marks.`);
  if (value.length > longest) fail(`${what} has ${value.length} characters; at most ${longest} are read. Shorten it.`);
  return value.trim();
}

/** JSON as settings files are written: with comments and trailing commas, which are blanked outside of texts. */
function parse(json: string): unknown {
  const withoutComments = json.replace(/^\ufeff/, "").replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (part) => (part.startsWith("/") ? " " : part));
  const plain = withoutComments.replace(/"(?:[^"\\\n]|\\.)*"|,(?=\s*[\]}])/g, (part) => (part === "," ? "" : part));
  try {
    return JSON.parse(plain);
  } catch (error) {
    return fail(`The file of clause categories is not valid JSON: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function isSeverity(value: unknown): value is Severity {
  return typeof value === "string" && severities.includes(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fail(sentence: string): never {
  throw new HumanError("badArgument", sentence);
}
