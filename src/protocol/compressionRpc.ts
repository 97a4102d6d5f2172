/** Host <-> runtime: what prunes, trains and merges models. */
import { ProgressType, RequestType } from "vscode-jsonrpc";
import type {
  AdapterInfo, BlockRanking, ExtractParams, ExtractResult, GptqParams, GptqResult, MergeParams, MergeResult, PruneParams, PruneResult, RankBlocksParams, SparsifyParams, SparsifyResult, TrainParams, TrainProgress, TrainResult, WorkProgress,
} from "./compression";
import type { WithProgress } from "./rpc";

export const WorkProgressType = new ProgressType<WorkProgress>();
export const RankBlocksRequest = new RequestType<RankBlocksParams & WithProgress, BlockRanking, void>("prune/rank");
export const PruneRequest = new RequestType<PruneParams & WithProgress, PruneResult, void>("prune/run");
export const SparsifyRequest = new RequestType<SparsifyParams & WithProgress, SparsifyResult, void>("sparsify/run");
export const GptqRequest = new RequestType<GptqParams & WithProgress, GptqResult, void>("gptq/run");
/** Cancelling keeps the checkpoint. */
export const TrainRequest = new RequestType<TrainParams & WithProgress, TrainResult, void>("train/run");
export const TrainProgressType = new ProgressType<TrainProgress>();
export const MergeRequest = new RequestType<MergeParams & WithProgress, MergeResult, void>("adapter/merge");
export const ExtractRequest = new RequestType<ExtractParams & WithProgress, ExtractResult, void>("adapter/extract");
export const AdapterInfoRequest = new RequestType<{ readonly path: string }, AdapterInfo, void>("adapter/info");
