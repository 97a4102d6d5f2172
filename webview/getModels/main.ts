import "../shared.css";
import "../modelPanels.css";
import "./getModels.css";
import { Requester } from "../../src/protocol/messenger";
import type { GetModelsEvent, GetModelsRequests } from "../../src/protocol/modelPanels";
import { connectHost, markReady } from "../host";
import { registerToolkit } from "../toolkit";
import { GetModelsView } from "./view";
import { isViewState, type ViewState } from "./viewState";

const host = connectHost<ViewState>();
registerToolkit();
const root = document.querySelector<HTMLElement>("#app") ?? document.body;
const requester = new Requester<GetModelsRequests, GetModelsEvent>(host, (event) => (event.kind === "snapshot" ? view.show(event.snapshot) : view.focusSearch()));
const view = new GetModelsView(
  root,
  {
    search: (args) => requester.request("search", args),
    open: (args) => requester.request("open", args),
    close: () => requester.request("close"),
    readHeader: (args) => requester.request("readHeader", args),
    download: (args) => requester.request("download", args),
    pause: (args) => requester.request("pause", args),
    resume: (args) => requester.request("resume", args),
    cancel: (args) => requester.request("cancel", args),
    dismiss: (args) => requester.request("dismiss", args),
    reveal: (args) => requester.request("reveal", args),
    signIn: () => requester.request("signIn"),
    signOut: () => requester.request("signOut"),
    chooseFolder: () => requester.request("chooseFolder"),
    openPage: (args) => requester.request("openPage", args),
    keep: (state) => host.keep(state),
  },
  host.restore(isViewState),
);
requester
  .request("ready")
  .then((snapshot) => view.show(snapshot))
  .catch((error: unknown) => view.fail(error))
  .finally(markReady);
