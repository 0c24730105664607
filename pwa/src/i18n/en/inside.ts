// What is read only inside an event or by its host. It is a file of its own, so that a guest at the door does not wait for it.
import type { Base, Messages } from '../ja';
import { balance } from './balance';
import { board } from './board';
import { desk, wall } from './desk';
import { embeds } from './embeds';
import { gate } from './gate';
import { goen } from './goen';
import { list } from './list';
import { make } from './make';
import { move } from './move';
import { contacts, own, people } from './own';
import { pair } from './pair';
import { refused } from './refused';
import { room } from './room';

export const inside: Omit<Messages, keyof Base> = { gate, make, move, desk, wall, room, goen, list, own, people, contacts, refused, board, balance, embeds, pair };
