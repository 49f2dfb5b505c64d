#pragma once

/// From now on these signals do nothing but put their number, one byte, into a pipe; gives its read end, or a negated errno. A
/// handler, and not a blocked set: threads that exist already would still take the signal their own way. To be called once.
int linux_catch_signals(const int *numbers, int count);
