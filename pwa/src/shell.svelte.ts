/** What the screens tell the frame around them. */
class Shell {
  /** Numbers on the tabs. */
  badges = $state<{ room?: number; goen?: number; list?: number; card?: number }>({});
  /** The line to the server, as the person should know it; `again` only after 3 s. */
  line = $state<'up' | 'again' | 'offline'>('up');
}

export const shell = new Shell();
