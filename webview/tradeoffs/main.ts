import "../shared.css";
import "./tradeoffs.css";
import "./chart.css";
import "./levels.css";
import { Requester } from "../../src/protocol/messenger";
import type { TradeoffsEvent, TradeoffsRequests } from "../../src/protocol/panels";
import { connectHost, markReady } from "../host";
import { registerToolkit } from "../toolkit";
import { TradeoffsView } from "./view";
import { isViewState, type ViewState } from "./viewState";

const host = connectHost<ViewState>();
registerToolkit();
const root = document.querySelector<HTMLElement>("#app") ?? document.body;
const requester = new Requester<TradeoffsRequests, TradeoffsEvent>(host, (event) => view.show(event.snapshot));
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
requester
  .request("ready")
  .then((snapshot) => view.show(snapshot))
  .catch((error: unknown) => view.fail(error))
  .finally(markReady);
