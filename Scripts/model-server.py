"""Serves the small model on 127.0.0.1:$PORT, in the way of OpenAI's API, with llama.cpp's own HTTP server.

`/health` answers 503 while the model loads and 200 afterwards; `/v1/chat/completions` streams. Ends with 0 on SIGTERM and SIGINT.
"""

import os
import signal
import sys
import threading
from pathlib import Path

# These weights were trained on text alone, not on conversations: they go on with a written interview, and answer so.
CONVERSATION = """{% for message in messages %}{{ {'user': 'Question: ', 'assistant': 'Answer: '}.get(message['role'], '') }}\
{{ message['content'] }}
{% endfor %}{% if add_generation_prompt %}Answer:{% endif %}"""


def end_on_signal() -> None:
    # Loading the model holds the main thread in C++, where Python's own handlers would not run: a thread waits instead.
    # Blocked here and not only in that thread, so that the server's threads inherit it.
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)

    def wait() -> None:
        signal.sigwait(signals)
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def main() -> int:
    port = os.environ.get("PORT", "")
    if not port.isdigit():
        print("PORT is not set to a number: start this as `PORT=9000 build/model/serve`.", file=sys.stderr)
        return 2
    end_on_signal()
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(Path(__file__).resolve().parent / "gemma-3-270m.gguf")
    parameters.model_alias = {"gemma-3-270m"}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = int(port)
    parameters.n_ctx = 4096
    parameters.n_parallel = 1
    parameters.cpuparams.n_threads = max(1, min(2, os.cpu_count() or 1))
    parameters.cpuparams_batch.n_threads = parameters.cpuparams.n_threads
    parameters.cache_ram_mib = 0
    parameters.use_jinja = True
    parameters.chat_template = CONVERSATION
    parameters.antiprompt = ["\nQuestion:"]
    parameters.sampling.temp = 0.3
    parameters.sampling.penalty_repeat = 1.1
    parameters.n_gpu_layers = 0
    parameters.ui = False
    parameters.offline = True
    server = xllamacpp.Server(parameters)
    print(f"The model gemma-3-270m answers at {server.listening_address}.", flush=True)
    threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
