// Compiles the header that every test begins with: CMakeLists.txt.
