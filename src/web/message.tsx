import { textPieces } from './text-pieces.ts';

/** A message with its backticked parts as code. It keeps its own direction and cannot change that of its neighbours. */
export function Message({ text }: { readonly text: string }) {
  return (
    <bdi>
      {textPieces(text).map(piece => {
        if (piece.kind === 'code') return <code>{piece.text}</code>;
        if (piece.kind === 'control') return <ControlCharacter name={piece.text} />;
        return piece.text;
      })}
    </bdi>
  );
}

/** A character that is named because obeying it would change what the reader sees. */
export function ControlCharacter({ name }: { readonly name: string }) {
  return (
    <span class="control-character" title="a control character, shown by its name">
      {name}
    </span>
  );
}
