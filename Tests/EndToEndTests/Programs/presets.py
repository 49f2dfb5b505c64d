"""A person in Chromium with n8n and Flowise behind the door: signs in on its page, opens both, sees the push channel and a stream
work, and signs out."""

import json
from pathlib import Path

from client import PASSWORD, USER, options
from playwright.sync_api import expect, sync_playwright

given = options("base", "screenshots", "flow", "n8n-password", "flowise-password", "engine")
folder = Path(given.screenshots)
folder.mkdir(parents=True, exist_ok=True)
problems: list[str] = []


def journey(page) -> dict:
    page.goto(f"{given.base}/n8n/")
    # The door's page, and from there back to where the person wanted to go.
    page.locator("input[name=name]").fill(USER)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{given.base}/n8n/")
    n8n = page.evaluate("password => signIn('owner@leanto.local', password)", given.n8n_password)
    expect(page.locator("#push")).to_have_text("echo hello", timeout=10000)
    push = page.locator("#push").inner_text()
    page.screenshot(path=str(folder / f"n8n-{given.engine}.png"))
    page.goto(f"{given.base}/")
    flowise = page.evaluate("password => signIn('owner@leanto.local', password)", given.flowise_password)
    page.evaluate("flow => predict(flow)", given.flow)
    pieces = int(page.locator("#answer").inner_text().split()[0])
    page.screenshot(path=str(folder / f"flowise-{given.engine}.png"))
    page.goto(f"{given.base}/leanto/logout")
    page.goto(f"{given.base}/n8n/")
    signed_out = page.locator("input[name=password]").count() == 1
    return {"n8n": n8n, "push": push, "flowise": flowise, "pieces": pieces, "signedOut": signed_out}


with sync_playwright() as playwright:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
    page = browser.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda entry: problems.append(entry.text) if entry.type == "error" and "40" not in entry.text else None)
    result = journey(page)
    browser.close()
print(json.dumps({"result": result, "problems": problems}))
