import { factKinds } from "../../protocol/documents";

/** JSON schemas that answers are held to. Lists and texts are bounded, so that a model that repeats itself comes to an end. */
const text = (maxLength: number) => ({ type: "string", maxLength });
const quote = text(240);

function object(properties: Readonly<Record<string, object>>): object {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

function list(items: object, maxItems: number): object {
  return { type: "array", maxItems, items };
}

export const factsSchema = object({
  facts: list(object({ kind: { enum: factKinds }, label: text(60), value: text(120), quote }), 16),
});

export const obligationsSchema = object({
  obligations: list(object({ who: text(80), what: text(160), when: text(80), quote }), 12),
  risks: list(object({ what: text(100), reason: text(200), severity: { enum: ["error", "warning", "information"] }, quote }), 6),
});

export const pointsSchema = (points: number): object => object({ points: list(object({ text: text(240), quote }), points) });

export const condensedSchema = (points: number): object =>
  object({ points: list(object({ text: text(240), from: list({ type: "integer" }, 6) }), points) });

export const answerSchema = object({ answer: text(1200), quotes: list(quote, 5) });
