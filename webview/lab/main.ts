import "../shared.css";
import "../modelPanels.css";
import "../chart.css";
import "./lab.css";
import "./steps.css";
import "./figures.css";
import type { LabEvent, LabRequests } from "../../src/protocol/labPanel";
import { showFirst, startPanel } from "../start";
import { LabView } from "./view";
import { isViewState, type ViewState } from "./viewState";

const { root, host, requester } = startPanel<LabRequests, LabEvent, ViewState>((event) => view.show(event.snapshot));
const view = new LabView(
  root,
  {
    chooseModel: (args) => requester.request("chooseModel", args),
    browseModel: () => requester.request("browseModel"),
    chooseText: () => requester.request("chooseText"),
    preset: (args) => requester.request("preset", args),
    addStep: (args) => requester.request("addStep", args),
    changeStep: (args) => requester.request("changeStep", args),
    removeStep: (args) => requester.request("removeStep", args),
    moveStep: (args) => requester.request("moveStep", args),
    browseStep: (args) => requester.request("browseStep", args),
    rename: (args) => requester.request("rename", args),
    seed: (args) => requester.request("seed", args),
    rank: (args) => requester.request("rank", args),
    run: () => requester.request("run"),
    pause: () => requester.request("pause"),
    cancel: () => requester.request("cancel"),
    answer: (args) => requester.request("answer", args),
    open: () => requester.request("open"),
    save: () => requester.request("save"),
    reveal: (args) => requester.request("reveal", args),
    showTradeoffs: (args) => requester.request("showTradeoffs", args),
    exportReport: () => requester.request("exportReport"),
    keep: (state) => host.keep(state),
  },
  host.restore(isViewState),
);
showFirst(requester.request("ready"), view);
