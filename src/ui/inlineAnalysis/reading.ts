import type { Answer } from "../../protocol/documents";
import type { AnalysisSnapshot, ShownFinding } from "../../protocol/panels";
import { type PlacedCorrection, applyCorrections } from "../../services/analysis/corrections";
import { concludedAnew } from "../../services/analysis/patterns";
import { type TextEdit, movedAll } from "./movedFinding";
import { movedSnapshot } from "./movedSnapshot";

/** One job on a document. Its results have offsets into the text as it was at the start, so every edit since is remembered. */
export interface Run {
  readonly edits: TextEdit[];
}

type Statement = { readonly source: "patterns" | "model" };

/** What was said of one document, kept in step with its text while a person types and while results arrive. */
export class Reading {
  #snapshot: AnalysisSnapshot;
  /** The findings before the person's corrections. */
  #found: readonly ShownFinding[] = [];
  #corrections: readonly PlacedCorrection[] = [];
  readonly #ignored = new Set<string>();
  readonly #runs = new Set<Run>();
  #stale = false;
  #whole = false;

  constructor(document: { readonly uri: string; readonly name: string }) {
    this.#snapshot = { document, findings: [] };
  }

  get snapshot(): AnalysisSnapshot {
    return { ...this.#snapshot, findings: this.findings, stale: this.#stale };
  }

  get findings(): readonly ShownFinding[] {
    return this.#ignored.size === 0 ? this.#snapshot.findings : this.#snapshot.findings.filter((finding) => !this.#ignored.has(wordsOf(finding)));
  }

  /** True when the text is no longer the one that was read. */
  get stale(): boolean {
    return this.#stale;
  }

  /** True when a model has read the document to its end. */
  get whole(): boolean {
    return this.#whole;
  }

  begin(): Run {
    const run: Run = { edits: [] };
    this.#runs.add(run);
    return run;
  }

  ended(run: Run): void {
    this.#runs.delete(run);
  }

  edited(edits: readonly TextEdit[]): void {
    if (edits.length === 0) return;
    this.#stale = true;
    for (const run of this.#runs) run.edits.push(...edits);
    this.#found = movedAll(this.#found, edits);
    this.#corrections = movedAll(this.#corrections, edits);
    this.#snapshot = movedSnapshot(this.#snapshot, edits);
  }

  /** Takes a snapshot of the clauses. What a model wrote about the document stays until it is written anew. */
  read(run: Run, snapshot: AnalysisSnapshot, text: string): void {
    const { summary, answers, asking, verified, comparison, corrections, facts, obligations, risks } = this.#snapshot;
    const next = movedSnapshot(snapshot, run.edits);
    this.#found = next.findings;
    this.#snapshot = {
      summary, answers, asking, verified, comparison, corrections,
      ...next,
      findings: this.#corrected(text),
      facts: isWritten(facts) ? facts : next.facts,
      obligations: isWritten(obligations) ? obligations : next.obligations,
      risks: isWritten(risks) ? risks : next.risks,
    };
    this.#whole = next.progress === undefined;
    if (this.#whole) this.#stale = run.edits.length > 0;
  }

  /** Takes parts of a snapshot; what is not among them stays. */
  told(run: Run, part: Partial<AnalysisSnapshot>): void {
    this.set(movedSnapshot(part, run.edits));
  }

  /** Adds an answer to those before. */
  answered(run: Run, answer: Answer): void {
    const { answers = [] } = movedSnapshot({ answers: [answer] }, run.edits);
    this.set({ answers: [...(this.#snapshot.answers ?? []), ...answers] });
  }

  /** Takes parts that speak of the text as it is now. */
  set(part: Partial<AnalysisSnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...part };
  }

  correct(run: Run, corrections: readonly PlacedCorrection[], text: string): void {
    this.#corrections = movedAll(corrections, run.edits);
    const findings = this.#corrected(text);
    this.#snapshot = { ...this.#snapshot, corrections: this.#corrections.length, findings, ...concludedAnew(text, this.#snapshot, findings) };
  }

  /** Shows nothing of this finding any more, wherever its words stand in the document; says nothing of whether it is right. */
  ignore(finding: ShownFinding): void {
    this.#ignored.add(wordsOf(finding));
  }

  #corrected(text: string): readonly ShownFinding[] {
    return this.#corrections.length === 0 ? this.#found : applyCorrections(this.#found, this.#corrections, text);
  }
}

function isWritten(statements: readonly Statement[] | undefined): boolean {
  return statements?.some(({ source }) => source === "model") ?? false;
}

function wordsOf({ category, quote }: ShownFinding): string {
  return `${category}\n${quote}`;
}
