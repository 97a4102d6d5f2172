import type { ModelFile } from "../../protocol/model";
import type { RuntimeState } from "../../services/ports";
import type { CommandId } from "../commands/commandTitles";

export interface MenuEntry {
  readonly label: string;
  readonly description?: string;
  readonly command: CommandId;
}

export interface MenuFacts {
  readonly loaded?: ModelFile;
  readonly loadedName?: string;
  readonly documentName?: string;
  readonly hasFindings: boolean;
  readonly runtime: RuntimeState;
  /** Downloads that go on or wait. */
  readonly downloads?: number;
}

/** What the status item offers: what is possible now, the likeliest first. */
export function statusMenu({ loaded, loadedName, documentName, hasFindings, runtime, downloads = 0 }: MenuFacts): readonly MenuEntry[] {
  const restart: MenuEntry = { label: "$(debug-restart) Restart Runtime", command: "decant.restartRuntime" };
  return [
    ...(runtime.kind === "failed" ? [{ ...restart, description: "stopped after repeated crashes" }] : []),
    ...(documentName === undefined ? [] : [{ label: "$(law) Analyse Document", description: documentName, command: "decant.analyseDocument" } as const]),
    ...(hasFindings ? [{ label: "$(list-unordered) Go to Finding…", command: "decant.goToFinding" } as const, { label: "$(comment-discussion) Ask About Document…", command: "decant.askDocument" } as const] : []),
    ...(documentName === undefined ? [] : [{ label: "$(flame) Show Where Compression Hurts…", command: "decant.showHeat" } as const]),
    { label: "$(graph-scatter) Show Tradeoffs", command: "decant.showTradeoffs" },
    { label: "$(fold) Quantize…", command: "decant.quantize" },
    { label: "$(beaker) Open Compression Lab", command: "decant.compressionLab" },
    { label: loaded ? "$(arrow-swap) Load Another Model" : "$(play) Load Model", command: "decant.loadModel" },
    ...(loaded ? [
      { label: "$(question) Why These Settings?", description: loadedName, command: "decant.whyTheseSettings" } as const,
      { label: "$(debug-stop) Unload Model", description: loadedName, command: "decant.unloadModel" } as const,
    ] : []),
    { label: "$(cloud-download) Get Models…", ...(downloads > 0 && { description: downloads === 1 ? "1 download" : `${downloads} downloads` }), command: "decant.getModels" },
    { label: "$(dashboard) Show Resource Meter", command: "decant.showMeter" },
    ...(runtime.kind === "failed" ? [] : [restart]),
    { label: "$(output) Show Log", command: "decant.showLog" },
  ];
}
