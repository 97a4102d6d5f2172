import "../shared.css";
import "../modelPanels.css";
import "./getModels.css";
import type { GetModelsEvent, GetModelsRequests } from "../../src/protocol/modelPanels";
import { showFirst, startPanel } from "../start";
import { GetModelsView } from "./view";
import { isViewState, type ViewState } from "./viewState";

const { root, host, requester } = startPanel<GetModelsRequests, GetModelsEvent, ViewState>((event) => (event.kind === "snapshot" ? view.show(event.snapshot) : view.focusSearch()));
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
showFirst(requester.request("ready"), view);
