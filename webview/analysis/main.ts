import "../shared.css";
import "./analysis.css";
import "./clauses.css";
import "./statements.css";
import "./questions.css";
import "./comparison.css";
import { Requester } from "../../src/protocol/messenger";
import type { AnalysisEvent, AnalysisRequests } from "../../src/protocol/panels";
import { connectHost, markReady } from "../host";
import { registerToolkit } from "../toolkit";
import { AnalysisView } from "./view";
import { isViewState, type ViewState } from "./viewState";

const host = connectHost<ViewState>();
registerToolkit();
const root = document.querySelector<HTMLElement>("#app") ?? document.body;
const requester = new Requester<AnalysisRequests, AnalysisEvent>(host, hear);
const view = new AnalysisView(
  root,
  {
    analyse: () => requester.request("analyse"),
    stop: () => requester.request("stop"),
    reveal: (args) => requester.request("reveal", args),
    revealPlace: (args) => requester.request("revealPlace", args),
    reject: (args) => requester.request("reject", args),
    write: (args) => requester.request("write", args),
    ask: (args) => requester.request("ask", args),
    forgetAnswers: () => requester.request("forgetAnswers"),
    chooseModel: () => requester.request("chooseModel"),
    compare: () => requester.request("compare"),
    exportLabels: () => requester.request("exportLabels"),
    closeComparison: () => requester.request("closeComparison"),
    keep: (state) => host.keep(state),
  },
  host.restore(isViewState),
);
requester
  .request("ready")
  .then((snapshot) => view.show(snapshot))
  .catch((error: unknown) => view.fail(error))
  .finally(markReady);

function hear(event: AnalysisEvent): void {
  switch (event.kind) {
    case "snapshot": return view.show(event.snapshot);
    case "select": return view.select(event.id);
    case "show": return view.showTab(event.tab);
  }
  event satisfies never;
}
