/// The page's script: fresh states every ten seconds, and the question whose answer streams in. It writes text, never markup.
enum Script {
  static let source = #"""
    "use strict";
    (() => {
      const byId = (id) => document.getElementById(id);
      const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
      const show = (element, text) => { if (element.textContent !== text) element.textContent = text; element.hidden = !text; };

      // What stands between backticks is code; a split by them has it at the odd places.
      const tellWith = (element, text) => {
        element.hidden = !text;
        if (element.dataset.text === text) return;
        element.dataset.text = text;
        element.replaceChildren(...text.split("`").map((part, index) => {
          if (index % 2 === 0) return part;
          const code = document.createElement("code");
          code.textContent = part;
          return code;
        }));
      };

      // States ------------------------------------------------------------------------------------------------------
      const span = (seconds) =>
        seconds < 60 ? "just now" : seconds < 3600 ? `for ${Math.floor(seconds / 60)} min`
        : seconds < 172800 ? `for ${Math.floor(seconds / 3600)} h` : `for ${Math.floor(seconds / 86400)} days`;

      const summarise = (services) => {
        const count = (...states) => services.filter((service) => states.includes(service.state)).length;
        const all = services.length, healthy = count("healthy"), soon = count("waiting", "starting");
        const sentence = !all ? "There are no services yet."
          : healthy === all ? (all === 1 ? "The one service is healthy." : `All ${all} services are healthy.`)
          : `${healthy} of ${all} services ${healthy === 1 ? "is" : "are"} healthy.`;
        tell(sentence, all && healthy === all ? "good" : healthy + soon === all ? "wait" : "bad");
      };

      const tell = (sentence, tone) => {
        show(byId("summary"), sentence);
        byId("summary").dataset.tone = tone;
      };

      const update = (services, now) => {
        const items = [...document.querySelectorAll("#services li")];
        const names = (list) => JSON.stringify(list);
        if (names(items.map((item) => item.dataset.name)) !== names(services.map((service) => service.name))) {
          if (!asking && !byId("prompt").value) location.reload();
          return;
        }
        services.forEach((service, index) => {
          const item = items[index];
          item.dataset.state = service.state;
          show(item.querySelector(".word"), service.state.replace("-", " "));
          show(item.querySelector(".since"), span(now - service.since));
          tellWith(item.querySelector(".message"), service.message);
        });
        summarise(services);
      };

      const refresh = async () => {
        if (document.hidden) return;
        try {
          const response = await fetch("status.json", { cache: "no-store", signal: AbortSignal.timeout(8000) });
          if (response.status === 401) return tell("You are signed out. Reload the page to sign in.", "bad");
          if (!response.ok) throw new Error();
          const now = Date.parse(response.headers.get("Date")) || Date.now();
          update((await response.json()).services, now / 1000);
        } catch {
          tell("Leanto does not answer just now. The states below may be old.", "bad");
        }
      };
      setInterval(refresh, 1000 * Number(document.body.dataset.every));
      document.addEventListener("visibilitychange", refresh);

      // The question ------------------------------------------------------------------------------------------------
      const form = byId("ask"), prompt = byId("prompt"), button = byId("go"), answer = byId("answer"), pace = byId("pace");
      const largest = 16 * 1024;
      let asking = null;
      form.hidden = false;

      const busy = (controller) => {
        asking = controller;
        button.textContent = controller ? "Stop" : "Ask";
        button.toggleAttribute("data-busy", Boolean(controller));
        answer.setAttribute("aria-busy", String(Boolean(controller)));
      };

      const complaint = async (response) => {
        if (response.status === 401) return "You are signed out. Reload the page to sign in, then ask again.";
        const text = (await response.text()).trim();
        return text.split("\n").slice(1).join(" ") || text || `The server answered ${response.status}.`;
      };

      // A record separator in the stream begins words of Leanto's own: what went wrong.
      const read = async (response, began) => {
        const reader = response.body.getReader(), decoder = new TextDecoder();
        let text = "", first = 0;
        for (;;) {
          const { done, value } = await reader.read();
          text += decoder.decode(value, { stream: !done });
          if (value && !first) first = performance.now() - began;
          const [said, problem] = text.split("\u001e");
          show(answer, said);
          if (problem) tellWith(byId("note"), problem.trim());
          if (done) return { said, first };
        }
      };

      const ask = async (question) => {
        const controller = new AbortController(), began = performance.now();
        const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;
        tellWith(byId("note"), ""); show(pace, ""); show(answer, ""); answer.hidden = false;
        show(byId("question"), question);
        byId("turn").hidden = false;
        busy(controller);
        try {
          const response = await fetch("ask", {
            method: "POST", body: question, signal: controller.signal,
            headers: { "Content-Type": "text/plain; charset=utf-8", Accept: "text/plain" },
          });
          if (!response.ok) return tellWith(byId("note"), await complaint(response));
          const { said, first } = await read(response, began);
          const words = said.split(/\s+/).filter(Boolean).length;
          const whole = seconds(performance.now() - began);
          if (words) show(pace, `${plural(words, "word")} in ${whole}, the first after ${seconds(first)}`);
        } catch (error) {
          if (error.name === "AbortError") show(pace, "Stopped.");
          else tellWith(byId("note"), "The connection broke off. `leanto status` tells whether the gateway and the model run.");
        } finally {
          busy(null);
          // A question that got no answer goes back into the box, to be sent again.
          if (!answer.textContent && !prompt.value) {
            prompt.value = question;
            byId("turn").hidden = true;
          }
        }
      };

      form.addEventListener("submit", (event) => {
        event.preventDefault();
        if (asking) return asking.abort();
        const question = prompt.value.trim();
        if (!question) return prompt.focus();
        if (new TextEncoder().encode(question).length > largest) {
          return tellWith(byId("note"), "The question is too long: 16 KiB is the most that is taken.");
        }
        prompt.value = "";
        ask(question);
      });
      prompt.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && asking) asking.abort();
        if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        if (!asking) form.requestSubmit();
      });
    })();

    """#
}
