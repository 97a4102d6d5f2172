import { type PlainFigures, type PlainTerm, plainTerms } from "../../src/core/fit/plainWords";
import type { TradeoffRow, TradeoffsSnapshot } from "../../src/protocol/panels";
import { agreementOf, klOf, speedOf } from "./known";
import { baseRow, findRow } from "./rows";

export interface PlainRow {
  readonly term: PlainTerm;
  /** The row of the table that stands for the term; absent for what is made elsewhere or cannot be made here. */
  readonly row?: TradeoffRow;
  readonly figures?: PlainFigures;
  readonly advised: boolean;
}

/** The terms of the customer's documents, and the advised row as well when none of them is it. */
export function plainRows(snapshot: TradeoffsSnapshot): readonly PlainRow[] {
  const { rows, advice } = snapshot;
  const base = baseRow(rows);
  const plain = (term: PlainTerm, row: TradeoffRow | undefined): PlainRow => ({ term, row, figures: row && figuresOf(row, base), advised: row !== undefined && row.key === advice?.key });
  const named = plainTerms.map((term) => plain(term, rows.find((row) => row.kind !== "mix" && row.type === term.level)));
  const advised = findRow(rows, advice?.key);
  if (!advised || named.some((row) => row.advised)) return named;
  return [plain({ term: advised.label, meaning: advised.kind === "mix" ? "A mix of types, chosen tensor by tensor for this model." : "The level that Decant advises for this model and machine.", difficulty: "easy" }, advised), ...named];
}

export function figuresOf(row: TradeoffRow, base: TradeoffRow | undefined): PlainFigures {
  const [kl, agreement] = [klOf(row), agreementOf(row)];
  const [speed, original] = [speedOf(row), base && speedOf(base)];
  return {
    isOriginal: row.kind === "base",
    bytes: row.size?.bytes,
    originalBytes: base?.size?.bytes,
    kl: kl?.value,
    agreement: agreement?.value,
    foretold: (kl ?? agreement)?.foretold === true,
    // A measured speed against one that memory allows at most would say nothing.
    ...(speed && { tokensPerSecond: speed.value, speedForetold: speed.foretold }),
    ...(speed && original?.foretold === speed.foretold && { originalTokensPerSecond: original.value }),
  };
}
