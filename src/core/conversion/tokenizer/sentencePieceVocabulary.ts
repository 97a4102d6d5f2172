import { addedInConfig, addedInJson, addedInList, writtenToken } from "./addedTokens";
import { type SentencePieceModel, TokenTable, type TokenizerFiles, tokenTypes, type Vocabulary } from "./vocabulary";

/** Score of tokens that are never merged from others. */
const addedScore = -1000;

/**
 * The vocabulary of a tokenizer.model and of what was added to it since. `plain`: added tokens are marked by what the files
 * say, whatever they look like, and those of tokenizer.json count too (Phi 3). Source: _create_vocab_sentencepiece of llama.cpp's
 * conversion/base.py and set_vocab of conversion/phi.py, v0.4.0.
 */
export function sentencePieceVocabulary(model: SentencePieceModel, files: TokenizerFiles, size: number, plain: boolean): Vocabulary {
  const table = new TokenTable(size);
  model.pieces.forEach(({ text, score, type }, id) => table.set(id, text, type === tokenTypes.userDefined ? tokenTypes.normal : type, score));
  for (const { id, text } of addedInList(files.addedTokens)) table.set(id, text, tokenTypes.userDefined, addedScore);
  for (const token of [...addedInConfig(files.tokenizerConfig), ...(plain ? addedInJson(files.tokenizerJson) : [])]) {
    const written = plain ? { text: token.text, type: token.special ? tokenTypes.control : tokenTypes.userDefined } : writtenToken(token);
    table.set(token.id, written.text, written.type, addedScore);
  }
  const notes = model.modelType === 2 ? [] : ["The tokenizer was not trained by merging pairs (BPE): llama.cpp may cut some texts in another way than the original program does."];
  const left = model.pieces.length - size;
  if (left > 0) notes.push(`The tokenizer has more tokens than the model: its last ${left} are left out.`);
  return { model: "llama", pre: "default", tokens: table.tokens, scores: table.scores, types: table.types, notes };
}
