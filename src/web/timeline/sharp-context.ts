/** The drawing context of a canvas, as sharp as the screen and scaled to CSS pixels; null where there is none. */
export function sharpContext(
  canvas: HTMLCanvasElement | null,
  widthPixels: number,
  heightPixels: number,
): CanvasRenderingContext2D | null {
  const context = canvas?.getContext('2d') ?? null;
  if (canvas === null || context === null) return null;
  const scale = window.devicePixelRatio;
  const width = Math.round(widthPixels * scale);
  const height = Math.round(heightPixels * scale);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  return context;
}
