import { lineStarts, lineAt } from "../../core/documents/lines";
import { categoryByName } from "../../core/documents/taxonomy";
import { secondsLeft } from "../../core/progress";
import type { Finding, ModelFile } from "../../protocol/model";
import type { AnalysisSnapshot, ShownFinding } from "../../protocol/panels";
import type { CancellationToken, SpotResult } from "../../protocol/rpc";
import { HumanError } from "../../protocol/humanError";
import { modelName } from "../modelLibrary";
import type { Runtime } from "../ports";

export interface AnalysedDocument {
  readonly uri: string;
  readonly name: string;
  readonly text: string;
}

export interface AnalysisOptions {
  threads(): number;
  contextSize(): number;
}

/** Reads documents with a model and says where which clause stands. */
export class DocumentAnalysis {
  constructor(
    private readonly runtime: Runtime,
    private readonly options: AnalysisOptions,
  ) {}

  /** Complete snapshots as the reading goes on; the last one has no progress. Loads the model when it is not loaded. */
  async *analyse(document: AnalysedDocument, model: ModelFile, token: CancellationToken): AsyncGenerator<AnalysisSnapshot> {
    if (document.text.trim() === "") throw new HumanError("textTooShort", `${document.name} is empty: there is nothing to analyse.`);
    const started = performance.now();
    const seconds = (): number => (performance.now() - started) / 1000;
    const shared = { document: { uri: document.uri, name: document.name }, model: modelName(model) };
    const show = shownFindings(document.text);
    yield { ...shared, findings: [], progress: { label: "Loading the model", fraction: 0 } };
    await this.load(model, token);
    let found: ShownFinding[] = [];
    for await (const event of this.runtime.spot({ text: document.text }, token)) {
      if (event.kind === "result") {
        yield { ...shared, findings: show(event.result.findings), seconds: seconds() };
        continue;
      }
      const { segment, segments, findings } = event.progress;
      found = [...found, ...show(findings)];
      const fraction = segment / Math.max(1, segments);
      yield { ...shared, findings: found, progress: { label: `Passage ${segment} of ${segments}`, fraction, secondsLeft: secondsLeft(fraction, seconds()) } };
    }
  }

  /** The findings alone, for the command line. */
  async spot(text: string, token: CancellationToken): Promise<SpotResult> {
    for await (const event of this.runtime.spot({ text }, token)) {
      if (event.kind === "result") return event.result;
    }
    throw new HumanError("runtimeStopped", "The runtime ended before it had answered.");
  }

  async load(model: ModelFile, token: CancellationToken): Promise<void> {
    if (model.problem) throw new HumanError("notGguf", model.problem);
    if (this.runtime.loaded?.path === model.path) return;
    await this.runtime.load({ path: model.path, contextSize: this.options.contextSize(), threads: this.options.threads() }, token);
  }
}

/** Adds what a person sees of a finding: its line, its words, its weight and why it matters. */
function shownFindings(text: string): (findings: readonly Finding[]) => ShownFinding[] {
  const starts = lineStarts(text);
  return (findings) =>
    [...findings]
      .sort((a, b) => a.start - b.start)
      .map((finding) => {
        const category = categoryByName(finding.category);
        return {
          ...finding,
          id: `${finding.category}@${finding.start}`,
          severity: category?.severity ?? "information",
          line: lineAt(starts, finding.start) + 1,
          quote: text.slice(finding.start, finding.end).replace(/\s+/g, " ").trim(),
          why: category?.why ?? "",
        };
      });
}
