import type { Component } from 'svelte';
import { speakInside } from '../i18n';
import type { Lost as Nowhere, Name, Place } from '../router';
import FailedScreen from './Failed.svelte';
import LostScreen from './Lost.svelte';

/** A screen takes the place it stands for: `let { place }: { place: Place<'join'> } = $props()`. */
export type Screen = Component<{ place: Place | Nowhere }>;

type Module = { default: unknown };

const Lost = LostScreen as unknown as Screen;
const Failed = FailedScreen as unknown as Screen;

// One line a screen. Each is a file of its own, loaded when it is first opened.
const files: Record<Name, () => Promise<Module>> = {
  home: () => import('./Home.svelte'),
  host: () => import('./Host.svelte'),
  join: () => import('./Join.svelte'),
  code: () => import('./Join.svelte'),
  room: () => import('./Room.svelte'),
  goen: () => import('./Goen.svelte'),
  introduction: () => import('./Introduction.svelte'),
  list: () => import('./List.svelte'),
  card: () => import('./Card.svelte'),
  board: () => import('./Room.svelte'),
  people: () => import('./People.svelte'),
  person: () => import('./Person.svelte'),
  contacts: () => import('./Contacts.svelte'),
  desk: () => import('./Desk.svelte'),
  wall: () => import('./Wall.svelte'),
  make: () => import('./Make.svelte'),
  screen: () => import('./Pair.svelte'),
  about: () => import('./About.svelte'),
  elsewhere: () => import('./Elsewhere.svelte'),
  move: () => import('./Move.svelte'),
};

// These speak without the words of the inside.
const atTheDoor: ReadonlySet<Name> = new Set(['home', 'join', 'code', 'about']);

/** Loads the screen of a place; a place that is none, or a file that does not come, has a screen too. */
export async function open(place: Place | Nowhere): Promise<Screen> {
  if (place.name === 'lost') return Lost;
  try {
    const [file] = await Promise.all([files[place.name](), atTheDoor.has(place.name) ? undefined : speakInside()]);
    return file.default as Screen;
  } catch {
    return Failed;
  }
}
