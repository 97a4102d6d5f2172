/** How much is read and learnt: enough for figures that hold, or just enough to try the script. */
const context = 256;
/** Of English contracts, in the sample model's vocabulary. */
const bytesPerToken = 4.3;

/** At most so much of the text is learnt. */
export const learntBytes = (quick) => (quick ? 12_000 : 300_000);

export function labSettings({ quick, measuringText, learntText }) {
  const reading = {
    said: quick ? "3 chunks of 256 tokens" : "chunks of 256 tokens",
    measured: ["--text", measuringText, "--context", context, "--chunks", quick ? 3 : 100],
    ranked: ["--context", context, "--chunks", quick ? 2 : 16],
    calibrated: ["--context", context, "--chunks", quick ? 4 : 100],
    chained: ["--context", context, "--chunks", quick ? 3 : 30],
    peer: { text: measuringText, context, chunks: quick ? 3 : 15 },
  };
  const sequences = learntText.length / (context * bytesPerToken);
  const epochs = (steps) => (quick ? 1 : Math.min(12, Math.max(1, Math.round(steps / sequences))));
  const learning = (steps) => ["--context", context, "--seed", 1, "--epochs", epochs(steps)];
  const settings = {
    heal: learning(600),
    // Less than 3 % of the smallest student, as F16.
    student: [...learning(400), "--rank", 2, "--alpha", 4, "--targets", "attn_output,ffn_gate,ffn_up,ffn_down"],
    lora: [...learning(150), "--rank", 4, "--alpha", 8],
  };
  return { reading, settings };
}
