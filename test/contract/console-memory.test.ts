import { createMemoryFeed } from '../fakes/console/memory-feed.ts';
import { createMemorySessions } from '../fakes/console/memory-sessions.ts';
import { describeConsoleFeed } from './console-feed.ts';
import { describeSessionStore } from './console-sessions.ts';

// The fakes keep to what the durable ones must keep to, or tests over them would prove nothing.
describeConsoleFeed('in memory', async () => createMemoryFeed());
describeSessionStore('in memory', async () => createMemorySessions());
