import "../shared.css";
import "./tradeoffs.css";
import "../chart.css";
import "./levels.css";
import type { TradeoffsEvent, TradeoffsRequests } from "../../src/protocol/panels";
import { showFirst, startPanel } from "../start";
import { TradeoffsView } from "./view";
import { isViewState, type ViewState } from "./viewState";

const { root, host, requester } = startPanel<TradeoffsRequests, TradeoffsEvent, ViewState>((event) => view.show(event.snapshot));
const view = new TradeoffsView(
  root,
  {
    measure: (args) => requester.request("measure", args),
    stop: () => requester.request("stop"),
    quantize: (args) => requester.request("quantize", args),
    setContext: (args) => requester.request("setContext", args),
    setCacheType: (args) => requester.request("setCacheType", args),
    setMachine: (args) => requester.request("setMachine", args),
    setTask: (args) => requester.request("setTask", args),
    chooseText: () => requester.request("chooseText"),
    calibrate: () => requester.request("calibrate"),
    chooseMatrix: () => requester.request("chooseMatrix"),
    exportReport: () => requester.request("exportReport"),
    findMix: (args) => requester.request("findMix", args),
    tensorErrors: () => requester.request("tensorErrors"),
    keep: (state) => host.keep(state),
  },
  host.restore(isViewState),
);
showFirst(requester.request("ready"), view);
