"""What the benchmarks share: processes that are pinned and measured, the proxies, and the small C programs of tools/."""
