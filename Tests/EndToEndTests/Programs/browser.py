"""A person in Chromium: signs in, reads the front page, asks the model, and uses the applications; leaves screenshots."""

import json
import sys
from pathlib import Path

from client import PASSWORD, USER, options
from playwright.sync_api import Page, expect, sync_playwright

given = options("base", "screenshots", "task")
base = given.base
folder = Path(given.screenshots)
folder.mkdir(parents=True, exist_ok=True)
problems: list[str] = []
QUESTION = "Tell me about a lean-to."


def watched(page: Page) -> Page:
    page.on("console", lambda entry: problems.append(entry.text) if entry.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    return page


def answer_lengths(page: Page, ask) -> list[int]:
    """How long the answer was, each time that it was seen to have grown, until it rested for two seconds."""
    answer = page.locator("[aria-live=polite]").first
    ask()
    seen: list[int] = []
    quiet = 0
    while quiet < 100:
        page.wait_for_timeout(20)
        length = len(answer.inner_text())
        quiet += 1
        if length > (seen[-1] if seen else 0):
            seen.append(length)
            quiet = 0
    return seen


def front_page(browser) -> dict:
    """In light, dark and on a phone: readable, no sideways scrolling, services with links."""
    result = {}
    for name, settings in {
        "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
        "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
        "phone": {"color_scheme": "light", "viewport": {"width": 375, "height": 812}, "is_mobile": True, "has_touch": True},
    }.items():
        context = browser.new_context(http_credentials={"username": USER, "password": PASSWORD}, **settings)
        page = watched(context.new_page())
        page.goto(f"{base}/leanto/")
        expect(page.get_by_role("heading").first).to_be_visible()
        if name == "light":
            result["lengths"] = answer_lengths(page, lambda: ask_by_keyboard(page))
        page.screenshot(path=str(folder / f"front-page-{name}.png"), full_page=True)
        result[name] = {
            "title": page.title(),
            "overflow": page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
            "links": page.eval_on_selector_all("a[href]", "links => links.map(a => a.getAttribute('href'))"),
            "text": page.inner_text("body"),
            "background": page.evaluate("getComputedStyle(document.body).backgroundColor"),
        }
        context.close()
    return result


def ask_by_keyboard(page: Page) -> None:
    """From the top of the page with Tab alone, as a person without a mouse would."""
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.tagName + ' ' + (document.activeElement.type || '')")
        if focused.startswith("TEXTAREA") or focused in ("INPUT text", "INPUT search"):
            break
    else:
        raise AssertionError("the question's box cannot be reached with Tab")
    outline = page.evaluate("(s => s.outlineStyle + s.outlineWidth + s.boxShadow)(getComputedStyle(document.activeElement))")
    if outline == "none0pxnone":
        raise AssertionError("the focused box cannot be told from the others")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def gradio(browser) -> dict:
    context = browser.new_context(http_credentials={"username": USER, "password": PASSWORD})
    page = watched(context.new_page())
    page.goto(f"{base}/gradio/")
    box = page.get_by_role("textbox").first
    box.fill("browser")
    box.press("Enter")
    page.wait_for_function("document.body.innerText.includes('browser-3')", timeout=20000)
    is_partial = "browser-20" not in page.inner_text("body")
    page.wait_for_function("document.body.innerText.includes('browser-20')", timeout=20000)
    page.screenshot(path=str(folder / "gradio.png"))
    return {"partial": is_partial}


def lab(browser) -> dict:
    context = browser.new_context(http_credentials={"username": USER, "password": PASSWORD})
    page = watched(context.new_page())
    page.goto(f"{base}/lab1/lab")
    page.wait_for_selector(".jp-LauncherCard", timeout=40000)
    page.screenshot(path=str(folder / "jupyterlab.png"))
    return {"url": page.url}


def signed_out(browser) -> dict:
    """Without credentials: the browser's own question, and nothing of the stack on the page."""
    page = browser.new_context().new_page()
    try:
        answer = page.goto(f"{base}/leanto/")
        return {"status": answer.status, "text": page.inner_text("body")}
    except Exception as error:  # Chromium calls a 401 without an answer to its question an error.
        return {"status": 401, "text": str(error)[:200]}


with sync_playwright() as playwright:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
    tasks = {"front-page": front_page, "gradio": gradio, "lab": lab, "signed-out": signed_out}
    result = tasks[given.task](browser)
    browser.close()
print(json.dumps({"result": result, "problems": problems}))
sys.exit(0)
