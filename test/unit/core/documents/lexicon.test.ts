import { describe, expect, it } from "vitest";
import { lexiconFromMetadata, lexiconScores, placeWords, termCounts } from "../../../../src/core/documents/lexicon";

const base64 = (values: Float32Array | Int8Array): string => Buffer.from(values.buffer).toString("base64");

/** Two categories; "governing law" speaks for the first, "law" a little against the second. */
const metadata = {
  "decant.lexicon.terms": "law\ngoverning law\nterm",
  "decant.lexicon.idf": base64(new Float32Array([1, 2, 1])),
  "decant.lexicon.weights": base64(new Int8Array([0, -10, 100, 0, 0, 0])),
  "decant.lexicon.scales": [0.1, 0.5],
  "decant.lexicon.bias": [-3, -1],
  "decant.lexicon.share": 0.5,
};

describe("lexicon", () => {
  it("counts words and pairs of words, in lower case, with currency signs", () => {
    expect([...termCounts("Law of the LAW, $5")]).toEqual([["law", 2], ["of", 1], ["law of", 1], ["the", 1], ["of the", 1], ["the law", 1], ["$", 1], ["law $", 1], ["5", 1], ["$ 5", 1]]);
  });

  it("adds the weights of a passage's terms, times their TF-IDF of length 1", () => {
    const lexicon = lexiconFromMetadata(metadata, 2);
    if (!lexicon) throw new Error("a whole lexicon");
    // x = (1, 2) / √5 for "law" and "governing law"; "governing" is not known.
    const [first, second] = lexiconScores(lexicon, "Governing Law", 9000);
    expect(first).toBeCloseTo(-3 + (0.1 * 100 * 2) / Math.sqrt(5), 5);
    expect(second).toBeCloseTo(-1 + (0.5 * -10) / Math.sqrt(5), 5);
    // ln 2 more for a word that stands there twice, before the length is taken out: alone it changes nothing.
    expect(lexiconScores(lexicon, "law; law", 9000)[1]).toBeCloseTo(-1 - 5, 5);
    expect(lexiconScores(lexicon, "nothing that is known", 9000)).toEqual([-3, -1]);
  });

  it("knows where in the document a passage stands", () => {
    expect([0, 250, 2999, 9000].map(placeWords)).toEqual(["doc_start doc_opening doc_preamble doc_front", "doc_opening doc_preamble doc_front", "doc_preamble doc_front", ""]);
    const lexicon = lexiconFromMetadata({ ...metadata, "decant.lexicon.terms": "law\ngoverning law\ndoc_front" }, 2);
    if (!lexicon) throw new Error("a whole lexicon");
    // "doc_front" has no weight, but is part of the vector's length: x = (1, 2, 1) / √6.
    expect(lexiconScores(lexicon, "Governing Law", 8999)[0]).toBeCloseTo(-3 + (0.1 * 100 * 2) / Math.sqrt(6), 5);
  });

  it.each([
    ["no terms", { "decant.lexicon.terms": undefined }],
    ["another number of weights", { "decant.lexicon.weights": base64(new Int8Array(5)) }],
    ["another number of frequencies", { "decant.lexicon.idf": base64(new Float32Array(2)) }],
    ["text that is no base64", { "decant.lexicon.idf": "*" }],
    ["a share above 1", { "decant.lexicon.share": 2 }],
    ["a bias that is no number", { "decant.lexicon.bias": [0, Number.NaN] }],
  ])("is not there with %s", (_, change) => {
    expect(lexiconFromMetadata({ ...metadata, ...change }, 2)).toBeUndefined();
  });
});
