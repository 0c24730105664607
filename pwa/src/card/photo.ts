// A face, cut on the phone: nothing but the 512 px square leaves it.
export const side = 512;
const most = 4096; // a canvas of a weak phone holds no more

export type Crop = { x: number; y: number; zoom: number }; // centre in the picture, 0..1; zoom 1 fills the circle

/** Opens a picture upright. */
export async function openPicture(file: Blob): Promise<ImageBitmap> {
  const whole = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const longer = Math.max(whole.width, whole.height);
  if (longer <= most) return whole;
  const scale = most / longer;
  return createImageBitmap(whole, { resizeWidth: Math.round(whole.width * scale), resizeHeight: Math.round(whole.height * scale), resizeQuality: 'medium' });
}

/** Keeps the circle inside the picture. */
export function inside(crop: Crop, width: number, height: number): Crop {
  const zoom = Math.min(6, Math.max(1, crop.zoom));
  const square = Math.min(width, height) / zoom;
  const halfX = square / 2 / width;
  const halfY = square / 2 / height;
  const clamp = (v: number, half: number) => Math.min(1 - half, Math.max(half, v));
  return { x: clamp(crop.x, halfX), y: clamp(crop.y, halfY), zoom };
}

/** The square of the crop, in pixels of the picture. */
export function squareOf(crop: Crop, width: number, height: number): { left: number; top: number; size: number } {
  const size = Math.min(width, height) / crop.zoom;
  return { left: crop.x * width - size / 2, top: crop.y * height - size / 2, size };
}

/** Draws it. */
export function draw(canvas: HTMLCanvasElement, picture: ImageBitmap, crop: Crop, px: number): void {
  canvas.width = canvas.height = px;
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const { left, top, size } = squareOf(crop, picture.width, picture.height);
  pen.imageSmoothingQuality = 'high';
  pen.fillStyle = '#fff'; // a transparent picture stays readable as JPEG
  pen.fillRect(0, 0, px, px);
  pen.drawImage(picture, left, top, size, size, 0, 0, px, px);
}

/** 512 px, WebP where the browser makes it, else JPEG. A canvas holds no place and no camera data, so neither goes out. */
export async function encode(picture: ImageBitmap, crop: Crop): Promise<Blob | undefined> {
  const canvas = document.createElement('canvas');
  draw(canvas, picture, crop, side);
  const as = (type: string) => new Promise<Blob | null>((r) => canvas.toBlob(r, type, 0.86));
  const webp = await as('image/webp');
  if (webp?.type === 'image/webp') return webp;
  return (await as('image/jpeg')) ?? undefined;
}
