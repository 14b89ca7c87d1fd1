# myoassist in a container: docker build -t myoassist . && docker run --rm -v "$PWD/logs:/work/logs" myoassist train exp=human
# Not root, draws without a screen (EGL, OSMesa), kernels of the first walk compiled while it is built.
FROM python:3.11-slim-bookworm

RUN apt-get update \
    && apt-get install -y --no-install-recommends libegl1 libegl-mesa0 libgl1 libgl1-mesa-dri libgles2 libosmesa6 git \
    && rm -rf /var/lib/apt/lists/*

RUN useradd --create-home --uid 1000 walker && install -d -o walker /opt/myoassist /work
USER walker
WORKDIR /opt/myoassist

# The environment first: it changes less often than the source.
COPY --chown=walker requirements.lock ./
RUN python -m venv .venv \
    && .venv/bin/pip install --no-cache-dir --no-deps -r requirements.lock

COPY --chown=walker . .
RUN .venv/bin/pip install --no-cache-dir --no-deps .

ENV PATH=/opt/myoassist/.venv/bin:$PATH \
    MYOASSIST_CACHE=/opt/myoassist/cache \
    MUJOCO_GL=egl

# Compiles the loop of the human body with guided reflexes for this processor; another one compiles it once more.
RUN cd /tmp && myoassist train exp=human cost.draws=1 optimizer=evaluate optimizer.param_path=shipped:human_125 && rm -rf /tmp/logs

WORKDIR /work
ENTRYPOINT ["myoassist"]
CMD ["--help"]
