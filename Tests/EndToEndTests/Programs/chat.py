"""The Gradio application behind the gateway: a chat that answers word by word, at /gradio."""

import os
import time

import gradio


def answer(message: str, history: list):
    text = ""
    for number in range(1, 21):
        time.sleep(0.1)
        text += f"{message}-{number} "
        yield text


gradio.ChatInterface(answer).launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]), root_path="/gradio")
