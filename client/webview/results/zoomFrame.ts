/** A frame in which a picture can be zoomed and moved, by pointer, wheel and keys. */
import { element } from '../common/dom';
import { t } from '../common/l10n';

const mostZoom = 16;
const zoomStep = 1.25;
/** CSS pixels that an arrow key moves the picture. */
const moveStep = 40;

export interface ZoomFrame {
  frame: HTMLElement;
  /** Buttons for what the frame does, and the zoom in words. */
  controls: HTMLElement[];
}

/** @param keys further keys of the frame, and `help` that names them */
export function zoomFrame(shown: HTMLElement, more: Record<string, () => void> = {}, help = ''): ZoomFrame {
  const frame = element(
    'div',
    {
      class: 'image-frame',
      tabindex: 0,
      role: 'group',
      'aria-label': `${t('Image: plus and minus zoom, arrow keys move it, 0 shows all of it')}${help}`,
    },
    shown,
  );
  const said = element('output', {}, '100 %');
  const place = { zoom: 1, x: 0, y: 0 };
  const draw = () => {
    shown.style.transform = `translate(${place.x}px, ${place.y}px) scale(${place.zoom})`;
    said.textContent = `${Math.round(100 * place.zoom)} %`;
  };
  /** Keeps the point of the image that lies at (x, y), from the frame's middle, where it is. */
  const zoomTo = (wanted: number, x = 0, y = 0) => {
    const zoom = Math.min(mostZoom, Math.max(1, wanted));
    const scale = zoom / place.zoom;
    place.x = zoom === 1 ? 0 : x - (x - place.x) * scale;
    place.y = zoom === 1 ? 0 : y - (y - place.y) * scale;
    place.zoom = zoom;
    draw();
  };
  const move = (x: number, y: number) => {
    if (place.zoom === 1) return;
    place.x += x;
    place.y += y;
    draw();
  };
  frame.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && place.zoom === 1) return; // the page scrolls on
      event.preventDefault();
      const box = frame.getBoundingClientRect();
      const factor = event.deltaY < 0 ? zoomStep : 1 / zoomStep;
      zoomTo(place.zoom * factor, event.clientX - box.x - box.width / 2, event.clientY - box.y - box.height / 2);
    },
    { passive: false },
  );
  frame.addEventListener('pointerdown', (event) => frame.setPointerCapture(event.pointerId));
  frame.addEventListener('pointermove', (event) => {
    if (frame.hasPointerCapture(event.pointerId)) move(event.movementX, event.movementY);
  });
  frame.addEventListener('dblclick', () => zoomTo(place.zoom === 1 ? 2 : 1));
  const keys: Record<string, () => void> = {
    '+': () => zoomTo(place.zoom * zoomStep),
    '=': () => zoomTo(place.zoom * zoomStep),
    '-': () => zoomTo(place.zoom / zoomStep),
    '0': () => zoomTo(1),
    ArrowLeft: () => move(moveStep, 0),
    ArrowRight: () => move(-moveStep, 0),
    ArrowUp: () => move(0, moveStep),
    ArrowDown: () => move(0, -moveStep),
    ...more,
  };
  frame.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  const button = (text: string, name: string, act: () => void) => {
    const made = element('button', { type: 'button', class: 'quiet', 'aria-label': name, title: name }, text);
    made.addEventListener('click', act);
    return made;
  };
  return {
    frame,
    controls: [
      button('−', t('Zoom out'), keys['-']!),
      said,
      button('+', t('Zoom in'), keys['+']!),
      button(t('Show all'), t('Show all of the image'), keys['0']!),
    ],
  };
}

/** Sliders that make what is shown brighter or give it more contrast. */
export function lightControls(shown: HTMLElement): HTMLInputElement[] {
  const range = () => element('input', { type: 'range', min: 20, max: 300, value: 100 });
  const [brightness, contrast] = [range(), range()];
  for (const one of [brightness, contrast])
    one.addEventListener('input', () => {
      shown.style.filter = `brightness(${brightness.value}%) contrast(${contrast.value}%)`;
    });
  return [brightness, contrast];
}
