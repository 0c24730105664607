/** What the screens tell the frame around them. */
class Shell {
  /** Numbers on the tabs. */
  badges = $state<{ room?: number; goen?: number; list?: number; card?: number }>({});
  /** The line to the server, as the person should know it; `again` only after 3 s. */
  line = $state<'up' | 'again' | 'offline'>('up');
  /** An event that cannot be shown: its person waits in the lobby, or it is over with a close code. Then Gate stands in for its screens. */
  gate = $state.raw<{ event: string; why: 'lobby' | number }>();
  /** Everybody here is invented. */
  demo = $state(false);
}

export const shell = new Shell();
