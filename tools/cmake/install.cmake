# cmake --install gives lib/libtape.a, include/tape/*.h and the package that find_package(tape) finds.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/tape)

install(TARGETS tape EXPORT tapeTargets INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY format/include/ engine/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT tapeTargets NAMESPACE tape:: DESTINATION ${package_folder})

configure_package_config_file(tools/cmake/tapeConfig.cmake.in tapeConfig.cmake
  INSTALL_DESTINATION ${package_folder} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may change anything.
write_basic_package_version_file(tapeConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/tapeConfig.cmake ${PROJECT_BINARY_DIR}/tapeConfigVersion.cmake
  DESTINATION ${package_folder})
