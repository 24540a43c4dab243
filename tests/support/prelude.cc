// Compiles the header that tests are compiled with where there is no ccache: CMakeLists.txt.
