"""The Jupyter kernel of Carousel; `python -m carousel_kernel` starts its program."""
